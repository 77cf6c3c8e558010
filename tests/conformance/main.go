// Prints the simple conformance cases of the language, which module cel.dev/expr carries as text of protocol
// buffers, one JSON object a line. The Rust test that reads them is in tests/it/conformance.
//
//	conformance FOLDER...    (each with *.textproto)
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"

	"cel.dev/expr/conformance/test"
	"google.golang.org/protobuf/encoding/prototext"

	exprpb "cel.dev/expr"
	_ "cel.dev/expr/conformance/proto2"
	_ "cel.dev/expr/conformance/proto3"
)

// One case, without its container, in which names are looked up: our hosts have none, so that this shows in what
// the names come to. That some cases are not to be checked is left out as well: here everything is.
type conformanceCase struct {
	Place     string         `json:"place"` // file/section/test
	Expr      string         `json:"expr"`
	Dynamic   string         `json:"dynamic,omitempty"` // the same, its literals of any type
	CheckOnly bool           `json:"check_only,omitempty"`
	Needs     []string       `json:"needs,omitempty"`     // of the host, beyond the language
	Variables map[string]any `json:"variables,omitempty"` // by name, their types
	Bindings  map[string]any `json:"bindings,omitempty"`
	Want      any            `json:"want,omitempty"` // a value, {"error": true} or {"unknown": true}
	Type      any            `json:"type,omitempty"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folders []string) error {
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.textproto"))
		if err != nil || len(files) == 0 {
			return fmt.Errorf("%s: no *.textproto: %w", folder, err)
		}
		sort.Strings(files)
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			var all test.SimpleTestFile
			if err := prototext.Unmarshal(text, &all); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			for _, section := range all.GetSection() {
				for _, one := range section.GetTest() {
					place := all.GetName() + "/" + section.GetName() + "/" + one.GetName()
					if err := out.Encode(read(place, one)); err != nil {
						return fmt.Errorf("%s: %w", place, err)
					}
				}
			}
		}
	}
	return nil
}

func read(place string, one *test.SimpleTest) conformanceCase {
	read := conformanceCase{
		Place: place, Expr: one.GetExpr(), Dynamic: dynamic(one.GetExpr()), CheckOnly: one.GetCheckOnly(),
		Variables: map[string]any{}, Bindings: map[string]any{},
	}
	if one.GetDisableMacros() {
		read.Needs = append(read.Needs, "macros turned off")
	}
	if one.GetLocale() != "" {
		read.Needs = append(read.Needs, "locale "+one.GetLocale())
	}
	for _, declared := range one.GetTypeEnv() {
		if declared.GetFunction() != nil {
			read.Needs = append(read.Needs, "function "+declared.GetName())
		} else {
			read.Variables[declared.GetName()] = typeOf(declared.GetIdent().GetType())
		}
	}
	for name, bound := range one.GetBindings() {
		switch bound.GetKind().(type) {
		case *exprpb.ExprValue_Value:
			read.Bindings[name] = value(bound.GetValue())
		case *exprpb.ExprValue_Unknown:
			read.Bindings[name] = tagged{"unknown": true}
		default:
			read.Bindings[name] = tagged{"error": true}
		}
	}
	switch one.GetResultMatcher().(type) {
	case nil:
		read.Want = tagged{"bool": true}
	case *test.SimpleTest_Value:
		read.Want = value(one.GetValue())
	case *test.SimpleTest_TypedResult:
		if result := one.GetTypedResult().GetResult(); result != nil {
			read.Want = value(result)
		}
		read.Type = typeOf(one.GetTypedResult().GetDeducedType())
	case *test.SimpleTest_Unknown, *test.SimpleTest_AnyUnknowns:
		read.Want = tagged{"unknown": true}
	default:
		read.Want = tagged{"error": true}
	}
	return read
}
