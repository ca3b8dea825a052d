"""Small changes of a Python text, one at a time: a comparison, a number, a swapped pair."""

import ast
import copy

OPERATORS = {
    ast.Gt: ast.GtE, ast.Lt: ast.LtE, ast.GtE: ast.Gt, ast.LtE: ast.Lt, ast.Eq: ast.NotEq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
}  # fmt: skip
NAMES = {"argmax": "argmin", "max": "min", "min": "max", "all": "any", "any": "all"}
NAMES |= {"sum": "mean", "mean": "sum", "argsort": "sort"}


def mutants(source):
    """Yield the texts that differ from a source by one change."""
    tree = ast.parse(source)
    for k, node in enumerate(ast.walk(tree)):
        for change in _changes(node):
            fresh = copy.deepcopy(tree)
            change(list(ast.walk(fresh))[k])
            text = ast.unparse(ast.fix_missing_locations(fresh))
            if text != ast.unparse(tree):
                yield text


def _changes(node):
    """Functions that change a copy of this node in place."""
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield lambda n: setattr(n, "op", OPERATORS[type(n.op)]())
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OPERATORS:
        yield lambda n: n.ops.__setitem__(0, OPERATORS[type(n.ops[0])]())
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield lambda n: setattr(n, "value", n.value + 1)
        yield lambda n: setattr(n, "value", n.value - 1)
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield lambda n: setattr(n, "value", not n.value)
    if isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield lambda n: setattr(n, "attr", NAMES[n.attr])
    if isinstance(node, ast.Name) and node.id in NAMES:
        yield lambda n: setattr(n, "id", NAMES[n.id])
    if isinstance(node, ast.Call):
        for i in range(len(node.keywords)):
            yield lambda n, i=i: n.keywords.pop(i)
        if len(node.args) > 1:
            yield lambda n: n.args.reverse()
    if isinstance(node, ast.UnaryOp):
        yield lambda n: setattr(n, "op", ast.UAdd())
    if isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Load):
        if len(node.elts) > 1:
            yield lambda n: n.elts.reverse()
    if isinstance(node, ast.FunctionDef):
        for i, statement in enumerate(node.body):
            if isinstance(statement, ast.Expr):
                yield lambda n, i=i: n.body.__setitem__(i, ast.Pass())
