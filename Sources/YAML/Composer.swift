import Diagnostics

/// Makes nodes of events: expands aliases within limits and notes what YAML itself forbids.
///
/// It keeps its own stack, so that deep documents cost no call stack.
struct Composer {
    /// What is wrong, and where; the words repeat nothing of the text, which may hold a secret.
    struct Finding {
        var position: Position
        var length: Int
        var message: String
    }
    /// How many nodes aliases may add to a document.
    static let addedNodesLimit = 100_000
    /// How many levels one alias may add.
    static let addedDepthLimit = 100
    /// How deep a document may be as written; far beyond what any file of ours needs.
    static let depthLimit = 1_000

    /// Whether the braces of references have been hidden from libyaml.
    private let showsBraces: Bool
    private(set) var root: Node?
    private(set) var findings: [Finding] = []
    /// Set by what leaves no tree to look at.
    private(set) var isBroken = false
    private var documents = 0
    private var added = 0
    private var open: [Collection] = []
    private var anchors: [String: Anchored] = [:]

    init(showsBraces: Bool = false) { self.showsBraces = showsBraces }

    /// Takes the next event; false when no more are wanted.
    mutating func take(_ event: Event) -> Bool {
        switch event.kind {
        case .documentStart:
            documents += 1
            guard documents > 1 else { return true }
            note(event, length: 3, "a second document begins here; put it into a file of its own")
            return false
        case .scalar(let text, let isPlain, let properties): scalar(text, isPlain, properties, event)
        case .alias(let name): alias(name, event)
        case .listStart(let properties): start(.list, properties, event)
        case .mapStart(let properties): start(.map, properties, event)
        case .listEnd, .mapEnd: finish(event)
        case .other: break
        }
        return !isBroken
    }
}

extension Composer {
    /// A node with what it costs to repeat it.
    private struct Measured {
        var node: Node
        var size: Int
        var height: Int
    }
    private enum Anchored {
        case open
        case closed(Measured)
    }
    private enum Kind {
        case list
        case map
    }
    /// A list or map that is being read.
    private struct Collection {
        var kind: Kind
        var start: Position
        var anchor: String?
        var nodes: [Node] = []
        var entries: [Node.Map.Entry] = []
        var isWhole = true
        /// The key whose value comes next; nil inside where the key is an error.
        var key: Node??
        /// The line of each key that was read.
        var seen: [String: Int] = [:]
        var size = 1
        var height = 0
    }

    private mutating func note(_ event: Event, length: Int, _ message: String) {
        findings.append(Finding(position: event.start, length: length, message: message))
    }

    private mutating func scalar(_ text: String, _ isPlain: Bool, _ properties: Event.Properties, _ event: Event) {
        refuseTag(properties, event)
        // With an explicit tag for text it is text, which spares a second finding about the same value.
        let isText = properties.tag == "!" || properties.tag?.hasSuffix(":str") == true
        let scalar = Scalar(text: showsBraces ? ReferenceBraces.shown(text) : text, isPlain: isPlain && !isText)
        let node = Node(content: .scalar(scalar), start: event.start, end: event.end)
        complete(Measured(node: node, size: 1, height: 1), anchor: properties.anchor)
    }

    private mutating func refuseTag(_ properties: Event.Properties, _ event: Event) {
        guard properties.tag != nil else { return }
        note(event, length: 1, "tags are not used here; write the value without it, text in quotes where it needs them")
    }

    private mutating func start(_ kind: Kind, _ properties: Event.Properties, _ event: Event) {
        refuseTag(properties, event)
        if open.count >= Composer.depthLimit {
            note(event, length: 1, "this is nested too deeply: more than \(Composer.depthLimit) levels")
            isBroken = true
            return
        }
        if let anchor = properties.anchor { anchors[anchor] = .open }
        open.append(Collection(kind: kind, start: event.start, anchor: properties.anchor))
    }

    private mutating func finish(_ event: Event) {
        guard let last = open.popLast() else { return }
        let content: Node.Content =
            last.kind == .list
            ? .list(last.nodes) : .map(Node.Map(entries: last.entries, isWhole: last.isWhole))
        let node = Node(content: content, start: last.start, end: event.end)
        complete(Measured(node: node, size: last.size, height: last.height + 1), anchor: last.anchor)
    }

    private mutating func alias(_ name: String, _ event: Event) {
        let length = event.end.column - event.start.column
        func fail(_ composer: inout Composer, _ message: String) {
            composer.note(event, length: length, message)
            composer.isBroken = true
        }
        switch anchors[name] {
        case nil: fail(&self, "no anchor of this name stands before this alias")
        case .open: fail(&self, "this alias stands within what it names, so it would never end")
        case .closed(var target):
            added += target.size
            guard added <= Composer.addedNodesLimit else {
                return fail(
                    &self,
                    "aliases add more than \(Composer.addedNodesLimit) nodes up to here; write less by alias"
                )
            }
            guard target.height <= Composer.addedDepthLimit else {
                return fail(&self, "this alias adds more than \(Composer.addedDepthLimit) levels; write less by alias")
            }
            target.node.start = event.start
            target.node.end = event.end
            complete(target, anchor: nil)
        }
    }

    /// Puts a node that has been read whole where it belongs.
    private mutating func complete(_ measured: Measured, anchor: String?) {
        if let anchor { anchors[anchor] = .closed(measured) }
        guard !open.isEmpty else {
            root = measured.node
            return
        }
        let top = open.count - 1
        open[top].size += measured.size
        open[top].height = max(open[top].height, measured.height)
        if open[top].kind == .list {
            open[top].nodes.append(measured.node)
        } else if let key = open[top].key {
            open[top].key = nil
            if let key { open[top].entries.append(Node.Map.Entry(key: key, value: measured.node)) }
        } else {
            open[top].key = .some(checked(key: measured.node))
        }
    }

    /// The key, or nil after a finding that makes its entry useless.
    private mutating func checked(key: Node) -> Node? {
        let top = open.count - 1
        func refuse(_ composer: inout Composer, _ message: String) {
            composer.findings.append(Finding(position: key.start, length: key.length, message: message))
        }
        guard let scalar = key.scalar else {
            refuse(&self, "a key must be text")
            open[top].isWhole = false
            return nil
        }
        if scalar.isPlain && scalar.text == "<<" {
            refuse(&self, "merge keys are not used here; write out what shall be there")
            open[top].isWhole = false
            return nil
        }
        let identity = (scalar.value == .text ? "t" : "p") + scalar.text
        if let line = open[top].seen[identity] {
            refuse(&self, "this key stands twice in one map; the first is in line \(line)")
        } else {
            open[top].seen[identity] = key.start.line
        }
        return key
    }
}
