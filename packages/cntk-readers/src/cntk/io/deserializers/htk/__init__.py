"""Speech in the files of HTK, the Hidden Markov Model Toolkit: features and labels."""

from .features import HTKFeatureDeserializer as HTKFeatureDeserializer
from .labels import HTKMLFDeserializer as HTKMLFDeserializer
