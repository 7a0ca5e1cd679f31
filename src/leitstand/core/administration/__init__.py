"""Pages of the kernel: organisation, people, accounts, roles, audit trail, jobs, site texts."""
