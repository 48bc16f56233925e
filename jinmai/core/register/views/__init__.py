"""Pages of the register: the list, one page a party, the history of a fact, imports."""
