"""What people look at: tables, figures, run folders, exports."""
