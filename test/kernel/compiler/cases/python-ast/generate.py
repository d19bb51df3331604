"""Writes what CPython's own parser makes of each snippet in python-ast.txt below it, as an `==> ast` section.

Run by hand when a snippet is added: python3 generate.py. The output is committed, so that the tests compare our parser
with CPython's without needing Python. The notation is that of kernel/compiler/format-core.ts, with spans in UTF-16.
"""

import ast
import json
import pathlib
import types

OPERATORS = {
    ast.Add: '+', ast.Sub: '-', ast.Mult: '*', ast.Div: '/', ast.FloorDiv: '//', ast.Mod: '%', ast.Pow: '**',
    ast.LShift: '<<', ast.RShift: '>>', ast.BitAnd: '&', ast.BitOr: '|', ast.BitXor: '^', ast.MatMult: '@',
    ast.UAdd: '+', ast.USub: '-', ast.Invert: '~', ast.Not: 'not', ast.And: 'and', ast.Or: 'or',
    ast.Lt: '<', ast.LtE: '<=', ast.Gt: '>', ast.GtE: '>=', ast.Eq: '==', ast.NotEq: '!=', ast.In: 'in',
    ast.NotIn: 'not in',
}


class Writer:
    def __init__(self, source):
        self.lines = source.encode().split(b'\n')

    def offset(self, line, column):
        before = b'\n'.join(self.lines[: line - 1] + [self.lines[line - 1][:column]])
        return len(before.decode().encode('utf-16-le')) // 2

    def range(self, first, last):
        start = self.offset(first.lineno, first.col_offset)
        return f'@{start}-{self.offset(last.end_lineno, last.end_col_offset)}'

    def mark(self, node, text):
        return text + self.range(node, node)

    def module(self, tree):
        lines = []
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                lines += self.function(node)
            elif isinstance(node, ast.Assign):
                lines.append(self.mark(node, f'(constant {node.targets[0].id} {self.expr(node.value)})'))
            elif isinstance(node, ast.Import):
                lines += [f'(import {alias.asname or alias.name} {alias.name})' for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f'{alias.asname or alias.name} {node.module}.{alias.name}' for alias in node.names]
                lines += [f'(import {name})' for name in names]
            else:
                raise TypeError(node)
        order = {'(i': 0, '(c': 1, '(f': 2}
        groups = [[], [], []]
        at = 2
        for line in lines:
            at = order.get(line[:2], at)
            groups[at].append(line)
        return '\n'.join(sum(groups, []))

    def function(self, node):
        arguments = node.args.args
        defaults = [None] * (len(arguments) - len(node.args.defaults)) + node.args.defaults
        parameters = ' '.join(map(self.parameter, arguments, defaults))
        head = f'(function {node.name} ({parameters})'
        if node.returns:
            head += ' ' + self.annotation(node.returns)
        body = []
        documentation = ast.get_docstring(node)
        if documentation is not None:
            body.append(f'(documentation {string(documentation)})')
        return self.nested(head, body + self.block(node.body), self.range(node, node))

    def parameter(self, argument, default):
        parts = [argument.arg]
        if argument.annotation:
            parts.append(self.annotation(argument.annotation))
        if default is not None:
            parts.append('= ' + self.expr(default))
        text = f'({" ".join(parts)})' if len(parts) > 1 else argument.arg
        return text + self.range(argument, default or argument)

    def annotation(self, node):
        return self.mark(node, '{' + ast.unparse(node) + '}')

    def nested(self, head, body, suffix=''):
        lines = [head] + ['  ' + line for line in body]
        lines[-1] += ')' + suffix
        return lines

    def block(self, body):
        lines = []
        for node in body:
            lines += self.statement(node)
        return lines

    def statement(self, node):
        if isinstance(node, (ast.If, ast.While, ast.For)):
            head = {
                ast.If: lambda: f'(if {self.expr(node.test)}',
                ast.While: lambda: f'(while {self.expr(node.test)}',
                ast.For: lambda: f'(for-each {self.expr(node.target)} {self.expr(node.iter)}',
            }[type(node)]()
            body = self.block(node.body)
            otherwise = self.block(node.orelse)
            if otherwise:
                body += self.nested('(else', otherwise)
            return self.nested(head, body, self.range(node, node))
        text = self.simple(node)
        return [] if text is None else [self.mark(node, text)]

    def simple(self, node):
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant(value=str() | types.EllipsisType())):
                return None
            case ast.Break():
                return '(break)'
            case ast.Continue():
                return '(continue)'
            case ast.Return(value=None):
                return '(return)'
            case ast.Return():
                return f'(return {self.expr(node.value)})'
            case ast.Expr():
                return f'(expression {self.expr(node.value)})'
            case ast.Assign():
                return f'(= {" ".join(map(self.expr, node.targets))} {self.expr(node.value)})'
            case ast.AnnAssign(value=None):
                return f'(declare {self.expr(node.target)} {self.annotation(node.annotation)})'
            case ast.AnnAssign():
                target = f'{self.expr(node.target)} {self.annotation(node.annotation)}'
                return f'(= {target} {self.expr(node.value)})'
            case ast.AugAssign():
                operator = OPERATORS[type(node.op)]
                return f'({operator}= {self.expr(node.target)} {self.expr(node.value)})'
            case ast.Assert():
                message = '' if node.msg is None else ' ' + string(node.msg.value)
                return f'(assert {self.expr(node.test)}{message})'
            case ast.Raise(exc=ast.Name()):
                return f'(raise {node.exc.id} "")'
            case ast.Raise():
                message = node.exc.args[0].value if node.exc.args else ''
                return f'(raise {node.exc.func.id} {string(message)})'
        raise TypeError(node)

    def expr(self, node):
        return self.mark(node, self.bare(node))

    def all(self, nodes):
        return ''.join(' ' + self.expr(node) for node in nodes)

    def bare(self, node):
        match node:
            case ast.Constant(value=bool()):
                return str(node.value).lower()
            case ast.Constant(value=None):
                return 'none'
            case ast.Constant(value=int()):
                return str(node.value)
            case ast.Constant(value=float()):
                return number(node.value)
            case ast.Constant(value=complex()):
                return number(node.value.imag).removesuffix('.0') + 'j'
            case ast.Name():
                return node.id
            case ast.Attribute():
                return f'{self.expr(node.value)}.{node.attr}'
            case ast.UnaryOp():
                return f'({OPERATORS[type(node.op)]} {self.expr(node.operand)})'
            case ast.BinOp():
                return f'({OPERATORS[type(node.op)]} {self.expr(node.left)} {self.expr(node.right)})'
            case ast.BoolOp():
                return self.logical(node)
            case ast.Compare():
                return self.compare(node)
            case ast.IfExp():
                return f'(?{self.all([node.test, node.body, node.orelse])})'
            case ast.NamedExpr():
                return f'(:= {self.expr(node.target)} {self.expr(node.value)})'
            case ast.Tuple():
                return f'(tuple{self.all(node.elts)})'
            case ast.Subscript():
                indices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
                return f'(index{self.all([node.value, *indices])})'
            case ast.Call():
                keywords = [
                    f' {keyword.arg}={self.expr(keyword.value)}{self.range(keyword, keyword)}'
                    for keyword in node.keywords
                ]
                return f'(call{self.all([node.func, *node.args])}{"".join(keywords)})'
        raise TypeError(ast.dump(node))

    def logical(self, node):
        """CPython has one node for `a and b and c`; the core tree nests to the left, from the first operand on."""
        text = self.expr(node.values[0])
        for value in node.values[1:]:
            text = f'({OPERATORS[type(node.op)]} {text} {self.expr(value)})' + self.range(node, value)
        return text[: text.rindex('@')]

    def compare(self, node):
        operators = [OPERATORS[type(operator)] for operator in node.ops]
        operands = [self.expr(value) for value in node.comparators]
        if len(operators) == 1:
            return f'({operators[0]} {self.expr(node.left)} {operands[0]})'
        links = ' '.join(f'{operator} {operand}' for operator, operand in zip(operators, operands))
        return f'(chain {self.expr(node.left)} {links})'


def string(value):
    return json.dumps(value, ensure_ascii=False)


def number(value):
    """A float as JavaScript prints it, with a `.0` where that looks like an integer."""
    text = repr(value)
    if 'e' not in text:
        return text
    if 1 <= abs(value) < 1e21 and value == int(value):
        return f'{int(value)}.0'
    mantissa, exponent = text.split('e')
    return f'{mantissa}e{int(exponent):+d}'


def read(text):
    """Titles and sources; a line `# …` is a title only below a section."""
    cases = []
    in_source = False
    for line in text.split('\n'):
        if line.startswith('# ') and not in_source:
            cases.append((line, []))
            in_source = True
        elif line.startswith('==>'):
            in_source = False
        elif in_source:
            cases[-1][1].append(line)
    return [(title, '\n'.join(lines).strip('\n')) for title, lines in cases]


def main():
    path = pathlib.Path(__file__).with_name('python-ast.txt')
    cases = [
        f'{title}\n{source}\n\n==> ast\n{Writer(source).module(ast.parse(source))}\n'
        for title, source in read(path.read_text())
    ]
    path.write_text('\n\n'.join(cases))


main()
