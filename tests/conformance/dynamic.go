package main

import (
	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/parser"
)

// An expression with every literal as `dyn(literal)`, so that types which Kubernetes does not let meet in a list, a
// map or a comparison meet when it is evaluated. Empty if it cannot be parsed, or written so that it can.
func dynamic(text string) string {
	reader, err := parser.NewParser(parser.EnableOptionalSyntax(true)) // without macros: they stay calls
	if err != nil {
		return ""
	}
	tree, errors := reader.Parse(common.NewTextSource(text))
	if len(errors.GetErrors()) > 0 {
		return ""
	}
	factory := ast.NewExprFactory()
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(part ast.Expr) {
		switch part.Kind() {
		case ast.LiteralKind, ast.ListKind, ast.MapKind:
			part.SetKindCase(factory.NewCall(part.ID(), "dyn", factory.CopyExpr(part)))
		case ast.CallKind:
			// In `a.?b` the field's name is a literal to the parser.
			if call := part.AsCall(); call.FunctionName() == operators.OptSelect {
				name := call.Args()[1]
				name.SetKindCase(name.AsCall().Args()[0])
			}
		}
	}))
	written, err := parser.Unparse(tree.Expr(), tree.SourceInfo())
	if err != nil {
		return ""
	}
	if _, errors := reader.Parse(common.NewTextSource(written)); len(errors.GetErrors()) > 0 {
		return ""
	}
	return written
}
