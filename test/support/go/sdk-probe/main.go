// Makes the calls that a JSON array on stdin asks for with the AWS SDK for Go, in turn, and prints a JSON array of what
// came of each: so that a test in another language can see what Go programs see.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// A step is one call, the pages of one call, a wait, or the events of a streaming answer.
type step struct {
	Service   string          `json:"service"`
	Operation string          `json:"operation"`
	Input     json.RawMessage `json:"input"`
	// Of calls: "" for one, "pages" for all pages, "wait" where Operation names a waiter, "stream" for an event stream.
	Kind string `json:"kind"`
}

type result struct {
	Output any      `json:"output,omitempty"`
	Error  *failure `json:"error,omitempty"`
}

type clients struct {
	lambda *lambda.Client
	sts    *sts.Client
	logs   *cloudwatchlogs.Client
	iam    *iam.Client
}

func main() {
	log.SetFlags(0)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var steps []step
	if err := json.NewDecoder(os.Stdin).Decode(&steps); err != nil {
		log.Fatal("stdin has no script: ", err)
	}
	// Endpoint, region and credentials come from the environment, as in any program.
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRetryMaxAttempts(1))
	if err != nil {
		log.Fatal(err)
	}
	all := connect(cfg)
	results := make([]result, len(steps))
	for i, s := range steps {
		output, err := all.perform(ctx, s)
		if err != nil {
			results[i] = result{Error: describe(err)}
		} else {
			results[i] = result{Output: output}
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		log.Fatal(err)
	}
}

func connect(cfg aws.Config) clients {
	return clients{
		lambda: lambda.NewFromConfig(cfg),
		sts:    sts.NewFromConfig(cfg),
		logs:   cloudwatchlogs.NewFromConfig(cfg),
		iam:    iam.NewFromConfig(cfg),
	}
}
