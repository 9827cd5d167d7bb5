"""The one loop: take a batch, think, speak sentence by sentence, remember."""
