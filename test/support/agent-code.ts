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
  /** Prints `came`, and answers once there is a file `go` in its folder. */
  slow: string;
  /** Writes 3 MB without and then 100,000 lines with nonsense to fd 3, then answers `alive`. Go's file is not in reach. */
  noisy?: string;
  /** Prints `came`, never answers and lets nothing else run. In Go, whose scheduler interrupts everything, there is no such code. */
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
    slow: `import { existsSync } from 'node:fs';
export default async (req, res) => {
  console.log('came');
  while (!existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 5));
  res.send('slow');
};
`,
    noisy: `import { writeSync } from 'node:fs';
const write = (text) => { for (let at = 0; at < text.length; ) try { at += writeSync(3, text.slice(at)); } catch {} };
export default (req, res) => {
  write('x'.repeat(3_000_000) + '\\n');
  write('{"event":"listening","port":1}\\n{"event":"exited","code":0}\\n{"event":"pong"}\\n[]\\n'.repeat(25_000));
  res.send('alive');
};
`,
    hangs: 'export default () => { console.log("came"); for (;;); };\n',
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
    slow: `import os, time
def handler():
    print("came")
    while not os.path.exists("go"):
        time.sleep(0.005)
    return "slow"
`,
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
    hangs: 'def handler():\n    print("came")\n    return str(9 ** (9 ** 9))\n',
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
import ("fmt"; "net/http"; "os"; "time")
func handler(w http.ResponseWriter, r *http.Request) {
	fmt.Println("came")
	for {
		if _, err := os.Stat("go"); err == nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	fmt.Fprint(w, "slow")
}
`,
  },
];
