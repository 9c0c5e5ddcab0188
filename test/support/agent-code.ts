/** Functions that do the same in each language, for the suite that all agents pass. */
export interface AgentLanguage {
  name: 'node' | 'python' | 'golang';
  entry: string;
  /** Answers with `text`. */
  says(text: string): string;
  /** Does not load, at line 2. */
  broken: string;
  /** Ends its process with code 3. */
  exits: string;
  /** Answers with an environment variable and the pid of a child that it left running. */
  tells: string;
  /** Answers after 300 ms, and prints `came` before. */
  slow: string;
  /** Writes 3 MB without and then 100,000 lines with nonsense to fd 3, then answers `alive`. Go's file is not in reach. */
  noisy?: string;
  /** Never answers and lets nothing else run. In Go, whose scheduler interrupts everything, there is no such code. */
  hangs?: string;
}

export const agentLanguages: AgentLanguage[] = [
  {
    name: 'node',
    entry: 'handler.mjs',
    says: (text) => `export default (req, res) => res.send(${JSON.stringify(text)});\n`,
    broken: 'export default (req, res) =>\n  res.send(;\n',
    exits: 'export default () => process.exit(3);\n',
    tells: `import { spawn } from 'node:child_process';
const child = spawn('sleep', ['600'], { stdio: 'ignore' });
export default (req, res) => res.json({ env: process.env, child: child.pid, pid: process.pid, cwd: process.cwd() });
`,
    slow: `export default (req, res) => { console.log('came'); setTimeout(() => res.send('slow'), 300); };\n`,
    noisy: `import { writeSync } from 'node:fs';
const write = (text) => { for (let at = 0; at < text.length; ) try { at += writeSync(3, text.slice(at)); } catch {} };
export default (req, res) => {
  write('x'.repeat(3_000_000) + '\\n');
  write('{"event":"listening","port":1}\\n{"event":"exited","code":0}\\n{"event":"pong"}\\n[]\\n'.repeat(25_000));
  res.send('alive');
};
`,
    hangs: 'export default () => { for (;;); };\n',
  },
  {
    name: 'python',
    entry: 'handler.py',
    says: (text) => `def handler():\n    return ${JSON.stringify(text)}\n`,
    broken: 'def handler():\n    return (\n',
    exits: 'import os\ndef handler():\n    os._exit(3)\n',
    tells: `import os, subprocess
child = subprocess.Popen(["sleep", "600"])
def handler():
    return {"env": dict(os.environ), "child": child.pid, "pid": os.getpid(), "cwd": os.getcwd()}
`,
    slow: 'import time\ndef handler():\n    print("came")\n    time.sleep(0.3)\n    return "slow"\n',
    noisy: `import os
def write(data):
    while data:
        data = data[os.write(3, data):]
def handler():
    write(b"x" * 3_000_000 + b"\\n")
    write(b'{"event":"listening","port":1}\\n{"event":"exited","code":0}\\n{"event":"pong"}\\n[]\\n' * 25_000)
    return "alive"
`,
    // One operation of the interpreter, which gives its lock away only between two.
    hangs: 'def handler():\n    return str(9 ** (9 ** 9))\n',
  },
  {
    name: 'golang',
    entry: 'handler.go',
    says: (text) => `package main
import ("fmt"; "net/http")
func handler(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, ${JSON.stringify(text)}) }
`,
    broken: 'package main\nimport "os"\n',
    exits: `package main
import ("net/http"; "os")
func handler(w http.ResponseWriter, r *http.Request) { os.Exit(3) }
`,
    tells: `package main
import ("encoding/json"; "net/http"; "os"; "os/exec"; "strings")
func handler(w http.ResponseWriter, r *http.Request) {
	child := exec.Command("sleep", "600")
	child.Start()
	env := map[string]string{}
	for _, one := range os.Environ() {
		name, value, _ := strings.Cut(one, "=")
		env[name] = value
	}
	cwd, _ := os.Getwd()
	json.NewEncoder(w).Encode(map[string]any{"env": env, "child": child.Process.Pid, "pid": os.Getpid(), "cwd": cwd})
}
`,
    slow: `package main
import ("fmt"; "net/http"; "time")
func handler(w http.ResponseWriter, r *http.Request) {
	fmt.Println("came")
	time.Sleep(300 * time.Millisecond)
	fmt.Fprint(w, "slow")
}
`,
  },
];
