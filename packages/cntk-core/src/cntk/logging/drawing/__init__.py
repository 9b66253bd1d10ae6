"""Pictures of graphs: what is on them, where it lies, and how a file says that."""

from cntk.logging.drawing.diagram import Diagram as Diagram
from cntk.logging.drawing.diagram import diagram_of as diagram_of
from cntk.logging.drawing.dot import dot_text as dot_text
from cntk.logging.drawing.svg import svg_text as svg_text
