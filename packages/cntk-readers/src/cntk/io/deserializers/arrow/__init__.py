"""Tables: Arrow and Parquet files, and what hands over Arrow data in memory."""

from .deserializer import ArrowDeserializer as ArrowDeserializer
