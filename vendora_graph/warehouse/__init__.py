"""The warehouses: connections, the guard of every statement, tenancy, and the demo."""
