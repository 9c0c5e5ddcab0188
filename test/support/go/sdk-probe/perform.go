package main

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// Longer than anything here takes, shorter than the program's own bound.
const patience = 30 * time.Second

func (c clients) perform(ctx context.Context, s step) (any, error) {
	switch s.Kind {
	case "":
		return c.call(ctx, s)
	case "pages":
		return c.pages(ctx, s)
	case "wait":
		return nil, c.wait(ctx, s)
	case "stream":
		return c.stream(ctx, s)
	}
	return nil, fmt.Errorf("there is no kind of step %q", s.Kind)
}

// call finds the client's method by the operation's name; a script names any operation without code for it here.
func (c clients) call(ctx context.Context, s step) (any, error) {
	method, err := c.method(s)
	if err != nil {
		return nil, err
	}
	input := reflect.New(method.Type().In(1).Elem())
	if err := decode(s.Input, input.Interface()); err != nil {
		return nil, err
	}
	returned := method.Call([]reflect.Value{reflect.ValueOf(ctx), input})
	if err, failed := returned[1].Interface().(error); failed {
		return nil, err
	}
	return plain(returned[0].Interface())
}

func (c clients) method(s step) (reflect.Value, error) {
	client, known := map[string]any{"lambda": c.lambda, "sts": c.sts, "logs": c.logs, "iam": c.iam}[s.Service]
	if !known {
		return reflect.Value{}, fmt.Errorf("there is no client for %q", s.Service)
	}
	method := reflect.ValueOf(client).MethodByName(s.Operation)
	if !method.IsValid() {
		return reflect.Value{}, fmt.Errorf("%s has no operation %q", s.Service, s.Operation)
	}
	return method, nil
}

func (c clients) pages(ctx context.Context, s step) (any, error) {
	if s.Operation != "ListFunctions" {
		return nil, fmt.Errorf("no pages of %q", s.Operation)
	}
	var input lambda.ListFunctionsInput
	if err := decode(s.Input, &input); err != nil {
		return nil, err
	}
	pages := [][]string{}
	for paginator := lambda.NewListFunctionsPaginator(c.lambda, &input); paginator.HasMorePages(); {
		page, err := paginator.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		names := []string{}
		for _, function := range page.Functions {
			names = append(names, *function.FunctionName)
		}
		pages = append(pages, names)
	}
	return pages, nil
}

func (c clients) wait(ctx context.Context, s step) error {
	var function lambda.GetFunctionInput
	var configuration lambda.GetFunctionConfigurationInput
	if err := decode(s.Input, &function); err != nil {
		return err
	}
	if err := decode(s.Input, &configuration); err != nil {
		return err
	}
	switch s.Operation {
	case "FunctionExists":
		return lambda.NewFunctionExistsWaiter(c.lambda).Wait(ctx, &function, patience)
	case "FunctionActive":
		return lambda.NewFunctionActiveWaiter(c.lambda).Wait(ctx, &configuration, patience)
	case "FunctionActiveV2":
		return lambda.NewFunctionActiveV2Waiter(c.lambda).Wait(ctx, &function, patience)
	case "FunctionUpdated":
		return lambda.NewFunctionUpdatedWaiter(c.lambda).Wait(ctx, &configuration, patience)
	case "FunctionUpdatedV2":
		return lambda.NewFunctionUpdatedV2Waiter(c.lambda).Wait(ctx, &function, patience)
	}
	return fmt.Errorf("there is no waiter %q", s.Operation)
}

// stream prints each chunk as text, and what the last event said.
func (c clients) stream(ctx context.Context, s step) (any, error) {
	var input lambda.InvokeWithResponseStreamInput
	if err := decode(s.Input, &input); err != nil {
		return nil, err
	}
	answer, err := c.lambda.InvokeWithResponseStream(ctx, &input)
	if err != nil {
		return nil, err
	}
	events := answer.GetStream()
	defer events.Close()
	chunks := []string{}
	var complete *types.InvokeWithResponseStreamCompleteEvent
	for event := range events.Events() {
		switch e := event.(type) {
		case *types.InvokeWithResponseStreamResponseEventMemberPayloadChunk:
			chunks = append(chunks, string(e.Value.Payload))
		case *types.InvokeWithResponseStreamResponseEventMemberInvokeComplete:
			complete = &e.Value
		}
	}
	if err := events.Err(); err != nil {
		return nil, err
	}
	last, err := plain(complete)
	return map[string]any{"StatusCode": answer.StatusCode, "Chunks": chunks, "Complete": last}, err
}

func decode(input json.RawMessage, into any) error {
	if len(input) == 0 {
		return nil
	}
	return json.Unmarshal(input, into)
}

// plain is an output without what was not answered, so that a test sees what came over the wire.
func plain(output any) (any, error) {
	text, err := json.Marshal(output)
	if err != nil {
		return nil, err
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return nil, err
	}
	if members, is := value.(map[string]any); is {
		delete(members, "ResultMetadata")
	}
	return withoutNothing(value), nil
}

func withoutNothing(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if member == nil || member == "" {
				delete(v, name)
			} else {
				v[name] = withoutNothing(member)
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutNothing(v[i])
		}
	}
	return value
}
