"""The project's own conformance checks, for operators, learners and readers of any package.

They need NumPy only. With pytest, one line runs all that follows from a declaration::

    @pytest.mark.parametrize("case", operator_cases([squareplus]), ids=str)
    def test_squareplus(case):
        case.run()

Without it, ``check_operator(squareplus)`` raises :class:`Mismatch`, which lists what is wrong.
``check_learner(signum, beta=0.5)`` and ``check_deserializer(reader)`` do the same for theirs.
"""

from cntk.testing.cases import Case as Case
from cntk.testing.deserializers import check_deserializer as check_deserializer
from cntk.testing.deserializers import deserializer_cases as deserializer_cases
from cntk.testing.learners import check_learner as check_learner
from cntk.testing.learners import learner_cases as learner_cases
from cntk.testing.mismatch import Mismatch as Mismatch
from cntk.testing.operators import check_operator as check_operator
from cntk.testing.operators import kinks as kinks
from cntk.testing.operators import operator_cases as operator_cases
from cntk.testing.operators import surrogates as surrogates
