package main

import (
	"strconv"
	"strings"

	exprpb "cel.dev/expr"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// A value or a type: its only key says what it is. Numbers are text, because JSON's would lose digits.
type tagged map[string]any

func value(from *exprpb.Value) tagged {
	switch kind := from.GetKind().(type) {
	case *exprpb.Value_NullValue:
		return tagged{"null": true}
	case *exprpb.Value_BoolValue:
		return tagged{"bool": kind.BoolValue}
	case *exprpb.Value_Int64Value:
		return tagged{"int": strconv.FormatInt(kind.Int64Value, 10)}
	case *exprpb.Value_Uint64Value:
		return tagged{"uint": strconv.FormatUint(kind.Uint64Value, 10)}
	case *exprpb.Value_DoubleValue:
		return tagged{"double": strconv.FormatFloat(kind.DoubleValue, 'g', -1, 64)}
	case *exprpb.Value_StringValue:
		return tagged{"string": kind.StringValue}
	case *exprpb.Value_BytesValue:
		numbers := make([]int, len(kind.BytesValue))
		for i, b := range kind.BytesValue {
			numbers[i] = int(b)
		}
		return tagged{"bytes": numbers}
	case *exprpb.Value_ListValue:
		items := []tagged{}
		for _, item := range kind.ListValue.GetValues() {
			items = append(items, value(item))
		}
		return tagged{"list": items}
	case *exprpb.Value_MapValue:
		entries := [][2]tagged{}
		for _, entry := range kind.MapValue.GetEntries() {
			entries = append(entries, [2]tagged{value(entry.GetKey()), value(entry.GetValue())})
		}
		return tagged{"map": entries}
	case *exprpb.Value_TypeValue:
		return tagged{"type": kind.TypeValue}
	case *exprpb.Value_EnumValue:
		return tagged{"message": kind.EnumValue.GetType()}
	case *exprpb.Value_ObjectValue:
		return message(kind.ObjectValue)
	}
	return tagged{"message": "unset"}
}

// Times are values of the language; other messages are told by name alone.
func message(from *anypb.Any) tagged {
	var time timestamppb.Timestamp
	var span durationpb.Duration
	switch {
	case from.UnmarshalTo(&time) == nil:
		return tagged{"timestamp": [2]int64{time.GetSeconds(), int64(time.GetNanos())}}
	case from.UnmarshalTo(&span) == nil:
		return tagged{"duration": [2]int64{span.GetSeconds(), int64(span.GetNanos())}}
	}
	return tagged{"message": from.GetTypeUrl()[strings.LastIndex(from.GetTypeUrl(), "/")+1:]}
}

func typeOf(from *exprpb.Type) tagged {
	switch kind := from.GetTypeKind().(type) {
	case *exprpb.Type_Dyn:
		return tagged{"plain": "dyn"}
	case *exprpb.Type_Null:
		return tagged{"plain": "null"}
	case *exprpb.Type_Primitive:
		name := map[exprpb.Type_PrimitiveType]string{
			exprpb.Type_BOOL: "bool", exprpb.Type_INT64: "int", exprpb.Type_UINT64: "uint",
			exprpb.Type_DOUBLE: "double", exprpb.Type_STRING: "string", exprpb.Type_BYTES: "bytes",
		}[kind.Primitive]
		return tagged{"plain": name}
	case *exprpb.Type_WellKnown:
		name := map[exprpb.Type_WellKnownType]string{
			exprpb.Type_TIMESTAMP: "timestamp", exprpb.Type_DURATION: "duration", exprpb.Type_ANY: "dyn",
		}[kind.WellKnown]
		return tagged{"plain": name}
	case *exprpb.Type_Type:
		return tagged{"plain": "type"}
	case *exprpb.Type_ListType_:
		return tagged{"list": typeOf(kind.ListType.GetElemType())}
	case *exprpb.Type_MapType_:
		return tagged{"map": [2]tagged{typeOf(kind.MapType.GetKeyType()), typeOf(kind.MapType.GetValueType())}}
	case *exprpb.Type_AbstractType_:
		if inner := kind.AbstractType.GetParameterTypes(); kind.AbstractType.GetName() == "optional_type" && len(inner) == 1 {
			return tagged{"optional": typeOf(inner[0])}
		}
	case *exprpb.Type_MessageType:
		switch kind.MessageType {
		case "google.protobuf.Timestamp":
			return tagged{"plain": "timestamp"}
		case "google.protobuf.Duration":
			return tagged{"plain": "duration"}
		}
		return tagged{"message": kind.MessageType}
	}
	return tagged{"message": from.String()}
}
