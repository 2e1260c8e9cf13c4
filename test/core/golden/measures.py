"""Writes measures.json: what scikit-learn and NumPy say of random labels, scores, numbers and tables.

    python3 test/core/golden/measures.py

Made with scikit-learn 1.9.1 and NumPy 2.4.6.
"""
import json
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (accuracy_score, confusion_matrix, f1_score, mean_absolute_error,
                             precision_recall_fscore_support, r2_score, roc_auc_score, root_mean_squared_error)
from sklearn.preprocessing import StandardScaler

random = np.random.default_rng(4)


def short(values):
    """A flat list; NaN, which JSON has not, as null."""
    return [None if np.isnan(value) else float(value) for value in np.ravel(values)]


def classification(rows, class_count, used_count):
    actual = random.integers(0, used_count, rows)
    wrong = random.integers(0, class_count, rows)
    predicted = np.where(random.random(rows) < 0.6, actual, wrong)
    labels = range(class_count)
    precision, recall, f1, support = precision_recall_fscore_support(
        actual, predicted, labels=labels, zero_division=np.nan)
    return dict(classCount=class_count, actual=actual.tolist(), predicted=predicted.tolist(),
                accuracy=accuracy_score(actual, predicted),
                confusion=confusion_matrix(actual, predicted, labels=labels).ravel().tolist(),
                precision=short(precision), recall=short(recall), f1=short(f1), support=support.tolist(),
                macroF1=f1_score(actual, predicted, average='macro', zero_division=np.nan))


def auc(rows, decimals):
    actual = random.integers(0, 2, rows)
    actual[:2] = 0, 1
    scores = np.round(random.random(rows) + 0.3 * actual, decimals)
    return dict(actual=actual.tolist(), scores=scores.tolist(), auc=roc_auc_score(actual, scores))


def regression(rows, outputs, scale):
    actual = scale * random.standard_normal((rows, outputs)) + 3
    predicted = actual + scale * random.standard_normal((rows, outputs)) * 0.7
    return dict(outputCount=outputs, actual=short(actual), predicted=short(predicted),
                r2=short(r2_score(actual, predicted, multioutput='raw_values')),
                mae=short(mean_absolute_error(actual, predicted, multioutput='raw_values')),
                rmse=short(root_mean_squared_error(actual, predicted, multioutput='raw_values')))


def one_hot(rows, count):
    return np.eye(count)[random.integers(0, count, rows)]


def tables():
    """Inputs of which the last rows are not fitted; those are combinations that least squares determines."""
    yield 'plain', random.standard_normal((30, 4)), 24
    yield 'collinear one-hot columns', np.hstack([one_hot(60, 3), one_hot(60, 4), random.random((60, 1))]), 50
    x = random.standard_normal((50, 3))
    yield 'the same input twice, and their sum', np.hstack([x, x[:, :1], x.sum(1, keepdims=True)]), 40
    yield 'far from 0, of all sizes', np.hstack(
        [2000 + random.random((40, 1)), 1e-9 * random.random((40, 1)), 1e12 * random.random((40, 1))]), 32
    yield 'a constant input', np.hstack([random.random((20, 2)), np.full((20, 1), 0.1)]), 15
    yield 'more inputs than rows', random.standard_normal((6, 10)), 6
    powers = np.linspace(0, 1, 40)[:, None] ** np.arange(1, 7)
    yield 'powers', powers, 40


def least_squares(name, inputs, fitted_count):
    targets = np.column_stack([inputs[:, 0] / np.abs(inputs[:, 0]).max() + random.random(len(inputs)),
                               100 + random.standard_normal(len(inputs))])
    # Standardized, so that NumPy's own cut-off for small singular values is not in the way.
    deviation = inputs[:fitted_count].std(0)
    deviation[deviation < 1e-12] = np.inf
    x = np.hstack([np.ones((len(inputs), 1)), (inputs - inputs[:fitted_count].mean(0)) / deviation])
    weights = np.linalg.lstsq(x[:fitted_count], targets[:fitted_count], rcond=1e-11)[0]
    return dict(name=name, inputCount=inputs.shape[1], fittedCount=fitted_count, inputs=short(inputs),
                targets=short(targets), predictions=short(x @ weights))


def logistic(rows, inputs, classes):
    centres = random.standard_normal((classes, inputs))
    actual = random.integers(0, classes, rows)
    x = (centres[actual] + 1.2 * random.standard_normal((rows, inputs))) * (10.0 ** np.arange(inputs)) + 5
    scaled = StandardScaler().fit_transform(x)
    model = LogisticRegression(C=100, tol=1e-12, max_iter=100_000).fit(scaled, actual)
    probabilities = model.predict_proba(scaled)
    return dict(inputCount=inputs, classCount=classes, inputs=short(x), actual=actual.tolist(),
                probabilities=short(probabilities[:, 1] if classes == 2 else probabilities))


golden = dict(
    classification=[classification(*case) for case in
                    [(1, 2, 1), (2, 2, 2), (7, 3, 3), (40, 5, 3), (60, 6, 6), (30, 4, 1), (200, 3, 3), (9, 12, 12)]],
    auc=[auc(*case) for case in [(2, 3), (5, 1), (40, 1), (40, 0), (200, 1), (200, 9)]],
    regression=[regression(*case) for case in [(2, 1, 1), (30, 1, 1e-6), (30, 3, 1), (50, 2, 1e9)]],
    leastSquares=[least_squares(*table) for table in tables()],
    logistic=[logistic(*case) for case in [(60, 3, 2), (80, 2, 3), (50, 4, 4)]],
)
path = pathlib.Path(__file__).with_suffix('.json')
path.write_text(json.dumps(golden, separators=(',', ':')) + '\n')
print(path, path.stat().st_size)
