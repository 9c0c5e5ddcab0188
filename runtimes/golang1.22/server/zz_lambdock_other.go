//go:build !linux

package main

func lambdockDieWithParent() {}
