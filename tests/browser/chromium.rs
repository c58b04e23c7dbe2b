//! A browser without a window, driven over a pipe by the `DevTools` protocol: messages of JSON, a zero byte behind each.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long the browser may take for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// A browser with one page.
pub struct Chromium {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    events: VecDeque<Value>,
    next: u64,
    session: String,
    /// Addresses that were asked for.
    pub requests: Vec<String>,
    /// Errors that the console shows.
    pub errors: Vec<String>,
}

/// The browser's name here; `None` where there is none.
pub fn installed() -> Option<&'static str> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| {
            let mut command = Command::new(name);
            command
                .arg("--version")
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        })
}

impl Chromium {
    pub fn start(name: &str, profile: &Path) -> Self {
        // The pipe is at file descriptors 3 and 4.
        let script = format!(
            "exec {name} --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --disable-extensions \
             --disable-background-networking --hide-scrollbars --window-size=1200,900 --disable-features=IsolateSandboxedIframes --disable-site-isolation-trials --remote-debugging-pipe --user-data-dir=\"$0\" about:blank \
             3<&0 4>&1 </dev/null >/dev/null 2>&1"
        );
        let mut child = Command::new("sh")
            .args(["-c", &script])
            .arg(profile)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to = child.stdin.take().unwrap();
        let out = child.stdout.take().unwrap();
        let (sender, from) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(out).split(0) {
                let Ok(message) = message else { return };
                let Ok(message) = serde_json::from_slice(&message) else {
                    return;
                };
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut browser = Self {
            child,
            to,
            from,
            events: VecDeque::new(),
            next: 0,
            session: String::new(),
            requests: Vec::new(),
            errors: Vec::new(),
        };
        let target = browser.call("Target.createTarget", &json!({"url": "about:blank"}));
        let attached = browser.call(
            "Target.attachToTarget",
            &json!({"targetId": target["targetId"], "flatten": true}),
        );
        attached["sessionId"]
            .as_str()
            .unwrap()
            .clone_into(&mut browser.session);
        for domain in ["Page", "Runtime", "Log", "Network", "DOM"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        browser
    }

    /// Calls a method and waits for its answer.
    pub fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.next += 1;
        let id = self.next;
        let mut message = json!({"id": id, "method": method, "params": parameters});
        if !self.session.is_empty() {
            message["sessionId"] = self.session.clone().into();
        }
        self.to.write_all(message.to_string().as_bytes()).unwrap();
        self.to.write_all(&[0]).unwrap();
        self.to.flush().unwrap();
        let until = Instant::now() + PATIENCE;
        loop {
            let message = self.receive(until, method);
            if message["id"] == id {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.note(message);
        }
    }

    fn receive(&mut self, until: Instant, what: &str) -> Value {
        let left = until.saturating_duration_since(Instant::now());
        self.from
            .recv_timeout(left)
            .unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    fn note(&mut self, event: Value) {
        let parameters = &event["params"];
        match event["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                let url = parameters["request"]["url"].as_str().unwrap_or_default();
                self.requests.push(url.to_owned());
            }
            Some("Log.entryAdded") if parameters["entry"]["level"] == "error" => {
                self.errors.push(parameters["entry"].to_string());
            }
            Some("Runtime.exceptionThrown") => self.errors.push(parameters.to_string()),
            Some("Runtime.consoleAPICalled") if parameters["type"] == "error" => {
                self.errors.push(parameters.to_string());
            }
            _ => self.events.push_back(event),
        }
    }

    /// Waits for an event.
    fn wait(&mut self, method: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self
                .events
                .iter()
                .position(|event| event["method"] == method)
            {
                self.events.remove(at);
                return;
            }
            let event = self.receive(until, method);
            self.note(event);
        }
    }

    /// Opens a page and waits until it and what it loads are there.
    pub fn open(&mut self, url: &str) {
        self.events.clear();
        let went = self.call("Page.navigate", &json!({"url": url}));
        assert!(went["errorText"].is_null(), "{url}: {}", went["errorText"]);
        self.wait("Page.loadEventFired");
    }

    /// Does something that leads to another page, and waits for that.
    pub fn go(&mut self, script: &str) {
        self.events.clear();
        self.script(script);
        self.wait("Page.loadEventFired");
    }

    /// What an expression gives on the page.
    pub fn script(&mut self, expression: &str) -> Value {
        let answer = self.call(
            "Runtime.evaluate",
            &json!({"expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true}),
        );
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {}",
            answer["exceptionDetails"]
        );
        answer["result"]["value"].clone()
    }

    /// The page with all its frames as a tree of nodes, as the browser sees it.
    pub fn tree(&mut self) -> Value {
        self.call("DOM.getDocument", &json!({"depth": -1, "pierce": true}))["root"].clone()
    }

    /// Where a node is on the screen: left, top, right, bottom.
    pub fn place(&mut self, node: &Value) -> [f64; 4] {
        let model = self.call("DOM.getBoxModel", &json!({"nodeId": node["nodeId"]}));
        let quad: Vec<f64> = model["model"]["border"]
            .as_array()
            .unwrap()
            .iter()
            .map(|number| number.as_f64().unwrap())
            .collect();
        [quad[0], quad[1], quad[4], quad[5]]
    }

    /// A picture of the page, PNG.
    pub fn screenshot(&mut self) -> Vec<u8> {
        let answer = self.call("Page.captureScreenshot", &json!({"format": "png"}));
        let data = answer["data"].as_str().unwrap();
        data_encoding::BASE64.decode(data.as_bytes()).unwrap()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The nodes of a tree that a test lets through, frames' documents included.
pub fn nodes<'t>(tree: &'t Value, test: &dyn Fn(&Value) -> bool) -> Vec<&'t Value> {
    let mut found = Vec::new();
    let mut open = vec![tree];
    while let Some(node) = open.pop() {
        if test(node) {
            found.push(node);
        }
        open.extend(node["children"].as_array().into_iter().flatten());
        if node["contentDocument"].is_object() {
            open.push(&node["contentDocument"]);
        }
    }
    found
}

/// All text below a node.
pub fn text(node: &Value) -> String {
    let mut all = String::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        if node["nodeType"] == 3 {
            all.push_str(node["nodeValue"].as_str().unwrap_or_default());
        }
        open.extend(node["children"].as_array().into_iter().flatten().rev());
    }
    all
}

/// An attribute of a node.
pub fn attribute<'t>(node: &'t Value, name: &str) -> Option<&'t str> {
    let all = node["attributes"].as_array()?;
    let pairs = all.chunks_exact(2);
    let mut found = pairs.filter(|pair| pair[0] == name);
    found.next()?[1].as_str()
}
