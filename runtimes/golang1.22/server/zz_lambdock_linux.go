package main

import "syscall"

// lambdockDieWithParent covers a daemon that dies while no goroutine gets to run.
func lambdockDieWithParent() {
	syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0)
}
