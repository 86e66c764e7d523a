"""Files and pictures that people upload: stored below PROTECTED_ROOT, and sent to the audience of an app."""
