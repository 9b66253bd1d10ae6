"""Files of named arrays: safetensors and npz."""
