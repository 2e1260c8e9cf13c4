# ---- The command line ----

import argparse
import csv
import sys


def parse_arguments():
    parser = argparse.ArgumentParser(description="Predicts the rows of a table, or trains on.")  # only: one network
    parser = argparse.ArgumentParser(description="Predicts the rows of a table.")  # only: ensemble
    commands = parser.add_subparsers(dest="command", required=True)
    table = argparse.ArgumentParser(add_help=False)
    table.add_argument("table", help="a CSV file with a column for every input")
    table.add_argument("--delimiter", choices=[",", ";", "tab", "|"], help="between cells")
    table.add_argument("--decimal", choices=[".", ","], help="before the decimals of a number")
    table.add_argument("--header", choices=["yes", "no"], help="whether the first row has names")
    # only: pytorch
    table.add_argument("--device", choices=["cpu", "cuda"], help="cuda where it is available")
    # end
    commands.add_parser("predict", parents=[table], help="print the answers as CSV")
    training = commands.add_parser("train", parents=[table], help="go on, and print the losses")  # only: one network
    training = commands.add_parser("train", parents=[table], help="not of an ensemble")  # only: ensemble
    training.add_argument("--steps", type=positive, default=50, help="how many more (50)")
    training.add_argument("--log-every", type=positive, default=1, help="steps between losses (1)")
    training.add_argument("--all-rows", action="store_true", help="train on every complete row")
    training.add_argument("--save", metavar="FILE", help="write network and optimizer state")
    return parser.parse_args()


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {number}")
    return number


def main():
    arguments = parse_arguments()
    delimiter = "\t" if arguments.delimiter == "tab" else arguments.delimiter
    has_header = None if arguments.header is None else arguments.header == "yes"
    try:
        table = Table(arguments.table, delimiter, arguments.decimal, has_header)
        if arguments.command == "predict":
            predict(table, arguments)
        else:
            train(table, arguments)
    except UnicodeDecodeError as error:
        sys.exit(f"{arguments.table} is not UTF-8 text ({error}). Save it as CSV in UTF-8.")
    except (InputError, OSError, csv.Error) as error:
        sys.exit(str(error))
