"""Running work side by side: processes of this machine, or a cluster's."""
