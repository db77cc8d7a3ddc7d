"""Any recording → blocks of mono float32 samples at 16 kHz, in memory that does not grow with the recording.

recording.py is the way in. Only this package knows FFmpeg (PyAV).
"""
