"""Tables of committee reporting: one module per aggregate, all named here."""
