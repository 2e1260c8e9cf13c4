# ---- The table: cells become the numbers that the network takes, and its answers become cells ----

import array
import base64
import collections
import csv
import io
import itertools
import os
import re
import sys

SPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
MISSING = {"", "na", "n/a", "nan", "null", "?"}
MAX_FLOAT32 = 3.4028234663852886e38
# A number, plain or scientific, and one with its thousands apart; by what stands before decimals.
NUMBER = {
    ".": re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"),
    ",": re.compile(r"[+-]?(?:[0-9]+(?:,[0-9]*)?|,[0-9]+)(?:[eE][+-]?[0-9]+)?"),
}
GROUPED = {
    ".": re.compile(r"[+-]?[0-9]{1,3},[0-9]{3}(?:\.[0-9]*|(?:,[0-9]{3})+(?:\.[0-9]*)?)"),
    ",": re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]*)?"),
}
# What a spreadsheet takes for the beginning of a formula.
FORMULA = re.compile(
    "[" + SPACE + r"\x00-\x1f\x7f-\x9f]*[=+\-@" + "\uff1d\uff0b\uff0d\uff20" + r"]|[\t\r]"
)


class InputError(ValueError):
    """A table, or what is asked for, cannot be used; the message says why."""


class Table:
    """A CSV file, read row by row."""

    def __init__(self, path, delimiter=None, decimal=None, has_header=None):
        """What is left out is as in the table that the network was trained on."""
        self.path, self.text = path, None
        if not os.path.isfile(path):
            # A pipe can be read once only.
            with self._open() as file:
                self.text = file.read()
        self.delimiter = MODEL["table"]["delimiter"] if delimiter is None else delimiter
        self.decimal = MODEL["table"]["decimal"] if decimal is None else decimal
        self.has_header = MODEL["table"]["has_header"] if has_header is None else has_header
        first = next(self._lines(), None)
        if first is None:
            raise InputError("The table is empty. Give it a header and rows.")
        self.names = column_names(first if self.has_header else [""] * len(first))

    def __iter__(self):
        """The cells of every row; blank lines are no rows."""
        width = len(self.names)
        for row, cells in enumerate(itertools.islice(self._lines(), int(self.has_header), None)):
            if len(cells) != width:
                raise InputError(
                    f"Data row {row + 1} has {len(cells)} cells, not {width}. Give every row one "
                    "cell per column, and put a cell that holds the delimiter in quotes."
                )
            yield cells

    def _open(self):
        if self.text is not None:
            return io.StringIO(self.text, newline="")
        return open(self.path, encoding="utf-8-sig", newline="")

    def _lines(self):
        csv.field_size_limit(2**20)
        with self._open() as file:
            for cells in csv.reader(file, delimiter=self.delimiter):
                if len(cells) > 1 or (cells and cells[0].strip(SPACE)):
                    yield cells

    def value(self, cell):
        """What a cell says: a number, a text, or None where it is missing."""
        text = cell.strip(SPACE)
        number = self._number(text)
        if number is not None:
            return number
        text = unquoted(cell)
        number = self._number(text)
        if number is not None:
            return number
        return None if text.lower() in MISSING else text

    def _number(self, text):
        if GROUPED[self.decimal].fullmatch(text):
            text = text.replace("," if self.decimal == "." else ".", "")
        elif not NUMBER[self.decimal].fullmatch(text):
            return None
        return float(text.replace(",", ".") if self.decimal == "," else text)

    def safe_cell(self, value):
        """A number or a text as a cell that no spreadsheet takes for a formula."""
        if isinstance(value, float):
            return repr(value).replace(".", self.decimal)
        if FORMULA.match(value) and self._number(value.strip(SPACE)) is None:
            return "'" + value
        return value


def unquoted(cell):
    """A cell without the space around it, and without quotes behind a space."""
    text = cell.strip(SPACE)
    if text != cell and len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"').strip(SPACE)
    return text


def column_names(cells):
    """The names in a header; a second `x` becomes `x (2)`, one without a name `column3`."""
    given = [unquoted(cell) for cell in cells]
    taken, seen, names = set(given), set(), []
    for index, name in enumerate(given):
        wanted = unique = name or f"column{index + 1}"
        if wanted in (seen if name else taken):
            numbered = (f"{wanted} ({number})" for number in itertools.count(2))
            unique = next(name for name in numbered if name not in taken)
        taken.add(unique)
        seen.add(unique)
        names.append(unique)
    return names


# Flat arrays of float64: inputs [rows, input_count]; targets [rows, outputs], or [rows] where they
# are classes. `rows` are the numbers of the rows in the table, `row_count` is how many it has.
Encoded = collections.namedtuple("Encoded", "inputs targets rows row_count")


def encode(table, wanted=None, with_targets=False):
    """Encodes the wanted rows (a byte each: 0 or 1), or all that have every value needed."""
    columns = find_columns(table, MODEL["inputs"])
    target_columns = find_columns(table, MODEL["targets"]) if with_targets else []
    inputs, targets, rows, row_count = array.array("d"), array.array("d"), [], 0
    unseen = collections.Counter()
    for row, cells in enumerate(table):
        row_count += 1
        if wanted is not None and not wanted[row]:
            continue
        values = [read_cell(table, column, cells[at], row) for column, at in columns]
        answers = [read_cell(table, column, cells[at], row) for column, at in target_columns]
        needed = [
            column["column"]
            for (column, _), value in zip(columns + target_columns, values + answers)
            if value is None and column["fill"] is None
        ]
        if needed and wanted is not None:
            raise InputError(
                f"Data row {row + 1} has no value in column {needed[0]!r}; in training it had one."
            )
        if needed:
            continue
        for (column, _), value in zip(columns, values):
            units, is_unseen = encode_input(column, value, row)
            inputs.extend(units)
            unseen[column["column"]] += is_unseen
        for (column, _), value in zip(target_columns, answers):
            targets.append(encode_target(column, value, row))
        rows.append(row)
    for name, count in unseen.items():
        if count:
            cells = "1 cell holds" if count == 1 else f"{count} cells hold"
            note(f"Column {name!r}: {cells} a category unseen in training.")
    return Encoded(inputs, targets, rows, row_count)


def find_columns(table, columns):
    """Pairs of a column of the model and its place in the table."""
    places = {name: place for place, name in enumerate(table.names)}
    lacking = [column["column"] for column in columns if column["column"] not in places]
    if lacking:
        raise InputError(
            f"The table lacks the columns {lacking}; it has {table.names[:10]}. Give it every column "
            "that is needed, or say how it is written (--delimiter, --decimal)."
        )
    return [(column, places[column["column"]]) for column in columns]


def read_cell(table, column, cell, row):
    value = table.value(cell)
    if column["type"] == "category" or value is None:
        return value
    if isinstance(value, str):
        if column["words"] == "missing":
            return None
        raise InputError(f"{place_name(column, row)}: {cell!r} is not a number; --decimal says which mark it takes.")
    return within_float32(value, column, row)


def place_name(column, row):
    return f"Data row {row + 1}, column {column['column']!r}"


def note(sentence):
    """Says something beside the results."""
    print(sentence, file=sys.stderr)


def within_float32(value, column, row):
    if abs(value) <= MAX_FLOAT32:
        return value
    raise InputError(f"{place_name(column, row)}: {value} is beyond 3.4e38, what float32 holds.")


def encode_input(column, value, row):
    """The units of a cell, and whether it holds a category that training did not see."""
    is_missing = value is None
    is_unseen = False
    if column["type"] == "number":
        number = column["fill"] if is_missing else value
        units = [within_float32((number - column["offset"]) / column["factor"], column, row)]
    else:
        other = column["category_count"]
        place = column["fill"] if is_missing else column["places"].get(value, other)
        is_unseen = place == other
        units = [0.0] * (other + 1)
        units[place] = 1.0
    if column["has_indicator"]:
        units.append(float(is_missing))
    return units, is_unseen


def encode_target(column, value, row):
    """A number scaled, or the place of a class."""
    if MODEL["classes"] is None:
        return within_float32((value - column["offset"]) / column["factor"], column, row)
    if value in MODEL["class_places"]:
        return float(MODEL["class_places"][value])
    raise InputError(f"{place_name(column, row)}: {value!r} is not a class of the network.")


# only: one network
def encode_training_rows(table, all_rows):
    """The rows that the network was trained on, or all that are complete."""
    if all_rows:
        encoded = encode(table, with_targets=True)
        if not encoded.rows:
            raise InputError("No row of the table has a target and every value that is needed.")
        return encoded
    row_count = sum(1 for _ in table)
    if row_count != MODEL["table"]["row_count"]:
        raise InputError(
            f"The table has {row_count} rows; the network was trained on rows of "
            f"{MODEL['table']['name']!r}, which has {MODEL['table']['row_count']}. Give that "
            "table, or train on all rows of this one (--all-rows)."
        )
    if TRAINING_ROWS is None:
        wanted = bytes([1]) * row_count
    else:
        bits = base64.b64decode(TRAINING_ROWS)
        wanted = bytes(bits[row >> 3] >> (row & 7) & 1 for row in range(row_count))
    return encode(table, wanted, with_targets=True)


# end
# only: class weights
def class_weights(places):
    """n / (C * n_c) of each of C classes: all count the same, however many rows one has."""
    counts = collections.Counter(int(place) for place in places)
    classes = range(len(MODEL["classes"]))
    return [len(places) / (len(classes) * max(counts[place], 1)) for place in classes]


# end
def float64_array(text):
    """The numbers of a base64 text: little-endian float64."""
    numbers = array.array("d", base64.b64decode(text))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def write_answers(table, encoded, predictions):
    """Prints the answers as CSV, a line a row; empty cells where a row lacks a needed value.

    predictions: a list per encoded row: probabilities, or numbers in the encoding of the targets.  # only: one network
    predictions: two lists per encoded row, of means and of spreads: probabilities, or numbers in  # only: ensemble
    the encoding of the targets.  # only: ensemble
    """
    header = [name for target in range(len(MODEL["targets"])) for name in answer_names(target)]
    answers = dict(zip(encoded.rows, map(answer, predictions)))
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    writer = csv.writer(sys.stdout, delimiter=table.delimiter, lineterminator="\n")
    writer.writerow(map(table.safe_cell, header))
    for row in range(encoded.row_count):
        writer.writerow(map(table.safe_cell, answers.get(row, [""] * len(header))))
    lacking = encoded.row_count - len(encoded.rows)
    if lacking:
        note(f"{lacking} rows lack a value that the network needs; they have no answer.")


def answer_names(target):
    """The columns of the answer to one target: what is predicted, and probabilities."""  # only: one network
    """The columns of the answer to one target: predicted, probabilities, and spreads."""  # only: ensemble
    name = MODEL["targets"][target]["column"]
    if not MODEL["has_probabilities"]:
        return [f"predicted {name}"]  # only: one network
        return [f"predicted {name}", f"spread of predicted {name}"]  # only: ensemble
    # Several targets of 0 and 1 have no classes.
    classes = MODEL["classes"] or ["1"]
    return [f"predicted {name}"] + [f"probability of {name} = {of}" for of in classes]  # only: one network
    # only: ensemble
    probabilities = [f"probability of {name} = {of}" for of in classes]
    return [f"predicted {name}", *probabilities, *(f"spread of {each}" for each in probabilities)]
    # end


# only: one network
def answer(prediction):
    """The cells below `answer_names`, for all targets of a row."""
    classes = MODEL["classes"]
    if MODEL["task"] == "classification":
        return [classes[prediction.index(max(prediction))], *prediction]
    cells = []
    for target, value in zip(MODEL["targets"], prediction):
        if not MODEL["has_probabilities"]:
            cells.append(target["offset"] + target["factor"] * value)
        elif classes is None:
            cells += ["1" if value >= 0.5 else "0", value]
        else:
            cells += [classes[int(value >= 0.5)], 1 - value, value]
    return cells


# end
# only: ensemble
def answer(prediction):
    """The cells below `answer_names`, for all targets of a row."""
    classes = MODEL["classes"]
    means, spreads = prediction
    if MODEL["task"] == "classification":
        return [classes[means.index(max(means))], *means, *spreads]
    cells = []
    for target, value, spread in zip(MODEL["targets"], means, spreads):
        if not MODEL["has_probabilities"]:
            factor = target["factor"]
            cells += [target["offset"] + factor * value, abs(factor) * spread]
        elif classes is None:
            cells += ["1" if value >= 0.5 else "0", value, spread]
        else:
            cells += [classes[int(value >= 0.5)], 1 - value, value, spread, spread]
    return cells


# end
