"""Deflection as arithmetic (docs/deflection.md): plain values in, plain values out; no database, no clock.

facts     what happened, as plain rows
cases     which cases the facts make, and how each stands at any moment
fold      the whole ledger: entries of every case in the order of moments, viewer cases, assisted reuse
"""
