// Says what the server's own type check thinks of ValidatingAdmissionPolicies. In a cluster a controller writes that into
// a policy's status, some time after it was created; the tests ask at once, and need no controller manager.
//
// Usage: typecheck KUBECONFIG <POLICIES >WARNINGS    (a JSON array of policies; a JSON object of warnings by policy)
package main

import (
	"encoding/json"
	"log"
	"os"

	admission "k8s.io/api/admissionregistration/v1"
	extensions "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset/scheme"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/cel/openapi/resolver"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/kubernetes/pkg/generated/openapi"
)

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	check(err)
	client, err := discovery.NewDiscoveryClientForConfig(config)
	check(err)
	checker := &validating.TypeChecker{
		SchemaResolver: resolver.NewDefinitionsSchemaResolver(openapi.GetOpenAPIDefinitions, scheme.Scheme, extensions.Scheme).
			Combine(&resolver.ClientDiscoveryResolver{Discovery: client}),
		RestMapper: restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client)),
	}
	var policies []admission.ValidatingAdmissionPolicy
	check(json.NewDecoder(os.Stdin).Decode(&policies))
	warnings := map[string][]admission.ExpressionWarning{}
	for i := range policies {
		// A policy of no known kind has nothing to be checked against; an empty list says that it was.
		found := checker.Check(&policies[i])
		warnings[policies[i].Name] = append([]admission.ExpressionWarning{}, found...)
	}
	check(json.NewEncoder(os.Stdout).Encode(warnings))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
