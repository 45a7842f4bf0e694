"""What the pages share; with pages/ the only code that knows Streamlit."""
