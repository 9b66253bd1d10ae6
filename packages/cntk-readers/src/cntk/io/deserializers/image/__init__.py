"""Images: map files, and images inside of text as base64."""

from .base64_images import Base64ImageDeserializer as Base64ImageDeserializer
from .deserializer import ImageDeserializer as ImageDeserializer
