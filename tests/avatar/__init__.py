"""The avatar in VTube Studio."""
