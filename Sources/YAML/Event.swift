/// One event of libyaml's parser, as a value.
struct Event {
    /// What may stand before a node.
    struct Properties {
        var anchor: String?
        var tag: String?
    }
    enum Kind {
        case documentStart
        case scalar(String, isPlain: Bool, Properties)
        case alias(String)
        case listStart(Properties)
        case listEnd
        case mapStart(Properties)
        case mapEnd
        /// What says nothing of nodes: the ends of the stream and of documents.
        case other
    }
    var kind: Kind
    var start: Position
    var end: Position
}

/// What libyaml refused: the place that it names and its words.
struct SyntaxFault: Error {
    /// The context mark where libyaml has one, else the problem mark.
    var position: Position
    var message: String
}
