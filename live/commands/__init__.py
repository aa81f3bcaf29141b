"""The subcommands of `python -m live`, one file each. They print; what they do is done by the parts below."""
