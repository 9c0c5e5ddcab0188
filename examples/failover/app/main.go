// One program that is a Lambda function and a web server: Lambda sets AWS_LAMBDA_RUNTIME_API, nothing else does.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	ginadapter "github.com/awslabs/aws-lambda-go-api-proxy/gin"
	"github.com/gin-gonic/gin"
)

// How long /slow takes when the query does not say: long enough that calls pile up.
const slowly = 5 * time.Second

func main() {
	api := routes()
	if !onLambda() {
		log.Print("serving by myself")
		// Port 8080, or $PORT.
		log.Fatal(api.Run())
	}
	log.Print("serving on Lambda, behind a load balancer")
	proxy := ginadapter.NewALB(api)
	lambda.Start(func(ctx context.Context, request events.ALBTargetGroupRequest) (events.ALBTargetGroupResponse, error) {
		answer, err := proxy.ProxyWithContext(ctx, request)
		if err != nil {
			return answer, err
		}
		// The adapter fills multi-value headers only; a target group without that setting looks at these.
		answer.Headers = map[string]string{}
		for name, values := range answer.MultiValueHeaders {
			answer.Headers[name] = values[0]
		}
		return answer, nil
	})
}

func onLambda() bool {
	return os.Getenv("AWS_LAMBDA_RUNTIME_API") != ""
}

func routes() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	api := gin.New()
	api.Use(gin.Logger(), gin.Recovery())
	api.GET("/", say("healthy"))
	api.GET("/ping", say("pong"))
	api.GET("/env", func(c *gin.Context) {
		if onLambda() {
			say("lambda")(c)
		} else {
			say("server")(c)
		}
	})
	api.GET("/slow", func(c *gin.Context) {
		wait := slowly
		if given, err := time.ParseDuration(c.Query("for")); err == nil {
			wait = given
		}
		select {
		case <-time.After(wait):
			say("awake")(c)
		case <-c.Request.Context().Done():
		}
	})
	api.POST("/echo", func(c *gin.Context) {
		body, err := c.GetRawData()
		if err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		c.Data(http.StatusOK, c.ContentType(), body)
	})
	return api
}

func say(message string) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"message": message})
	}
}
