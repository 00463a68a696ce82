"""Clips from files of any form: animations, videos, folders of frames, arrays."""
