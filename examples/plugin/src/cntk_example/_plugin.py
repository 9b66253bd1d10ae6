"""The hooks. Imports stand inside them: a hook costs nothing until somebody asks for its noun."""

from __future__ import annotations

from cntk.plugins import hookimpl


@hookimpl
def cntk_operators():
    from cntk_example.squareplus import squareplus

    return [squareplus]


@hookimpl
def cntk_learners():
    from cntk_example.signum import signum

    return {"signum": signum}


@hookimpl
def cntk_deserializers():
    from cntk_example.csv_deserializer import CSVDeserializer

    return {"CSVDeserializer": CSVDeserializer}
