"""The desk in Django's admin: how it is set up changes through actions, all else can only be read."""

from support.admin import hears, inputs, ledger, policies, setup

__all__ = ["hears", "inputs", "ledger", "policies", "setup"]
