"""How the suite is put onto machines."""
