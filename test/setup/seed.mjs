import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The document that the failover story comes from, where it is beside the checkout. */
const FOLDER = join(import.meta.dirname, '../../../shared/seeds');

/** The document shows `main` alone. */
const GO_HEAD = `package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	ginadapter "github.com/awslabs/aws-lambda-go-api-proxy/gin"
	"github.com/gin-gonic/gin"
)

`;

/**
 * The document's Go program, with its imports put before it, and its Python handler as it stands there. Undefined where the
 * document is not beside the checkout: examples/failover has programs of the same kind.
 */
export function readSeed(folder = FOLDER) {
  if (!existsSync(folder)) return undefined;
  const name = readdirSync(folder).find((file) => file.startsWith('004_'));
  if (!name) return undefined;
  const text = readFileSync(join(folder, name), 'utf8');
  const go = /^func main\(\) \{\n[\s\S]*?^\}\n/m.exec(text)?.[0];
  const python = /^import json\nimport boto3\n[\s\S]*?(?=^Para o estudo utilizamos)/m.exec(text)?.[0];
  if (!go || !python) throw new Error(`${name} no longer shows its two programs`);
  return { go: GO_HEAD + go, python };
}
