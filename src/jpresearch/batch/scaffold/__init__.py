"""New notebooks and new ledgers of claims."""
