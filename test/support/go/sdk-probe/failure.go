package main

import (
	"errors"
	"reflect"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// What a Go program can tell errors apart by.
type failure struct {
	// Name of the SDK's type: "ResourceNotFoundException", or "GenericAPIError" where it has none.
	Type      string `json:"type,omitempty"`
	Code      string `json:"code,omitempty"`
	Message   string `json:"message"`
	Fault     string `json:"fault,omitempty"`
	Status    int    `json:"status,omitempty"`
	RequestID string `json:"requestId,omitempty"`
}

func describe(err error) *failure {
	f := &failure{Message: err.Error()}
	var api smithy.APIError
	if errors.As(err, &api) {
		f.Type = reflect.TypeOf(api).Elem().Name()
		f.Code = api.ErrorCode()
		f.Message = api.ErrorMessage()
		f.Fault = api.ErrorFault().String()
	}
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) {
		f.Status = answer.HTTPStatusCode()
		f.RequestID = answer.ServiceRequestID()
	}
	return f
}
