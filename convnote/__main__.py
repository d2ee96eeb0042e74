"""`python -m convnote` is the program `convnote`."""

from convnote.cli import program

if __name__ == "__main__":
    program()
