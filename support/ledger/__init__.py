"""The ledger's side of the database: facts are read here, derived in support/deflection/, and posted here."""
