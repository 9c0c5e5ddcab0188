module lambdock/agent

go 1.22
