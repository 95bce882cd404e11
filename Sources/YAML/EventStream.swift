internal import CYAML
import Diagnostics

/// Sole owner of one `yaml_parser_t`, which holds pointers into itself and into the bytes that it reads.
@safe struct EventStream: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    /// Reads all events of a text within one closure, until `body` returns false.
    ///
    /// - Parameter text: UTF-8 without a byte order mark.
    /// - Throws: the fault at which libyaml stopped.
    static func forEach(in text: ArraySlice<UInt8>, _ body: (Event) -> Bool) throws(SyntaxFault) {
        guard !text.isEmpty else { return }
        try unsafe text.withUnsafeBufferPointer { (bytes) throws(SyntaxFault) in
            guard let base = bytes.baseAddress, let stream = unsafe EventStream(base, count: bytes.count) else {
                throw SyntaxFault(position: .start, message: "there is not enough memory to read this file")
            }
            while let event = try stream.next(in: text), body(event) {}
        }
    }

    /// The bytes must outlive the stream.
    private init?(_ bytes: UnsafePointer<UInt8>, count: Int) {
        unsafe parser = .allocate(capacity: 1)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            return nil
        }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, bytes, count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
    }

    /// The next event; nil after the last.
    private func next(in text: ArraySlice<UInt8>) throws(SyntaxFault) -> Event? {
        var raw = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &raw) == 1 else { throw fault(in: text) }
        defer { unsafe yaml_event_delete(&raw) }
        let isLast = unsafe raw.type == YAML_STREAM_END_EVENT || raw.type == YAML_NO_EVENT
        return isLast ? nil : unsafe Event(raw)
    }

    private func fault(in text: ArraySlice<UInt8>) -> SyntaxFault {
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "this is not YAML"
        switch unsafe parser.pointee.error {
        case YAML_MEMORY_ERROR:
            return SyntaxFault(position: .start, message: "there is not enough memory to read this file")
        case YAML_READER_ERROR:
            // The reader knows the byte only.
            let place = SourceText(Array(text)).place(ofByte: unsafe parser.pointee.problem_offset)
            return SyntaxFault(position: Position(line: place.line, column: place.column), message: problem)
        default: break
        }
        let problemPosition = unsafe Position(parser.pointee.problem_mark)
        guard let context = unsafe parser.pointee.context.map({ unsafe String(cString: $0) }) else {
            return SyntaxFault(position: problemPosition, message: problem)
        }
        let message = "\(context): \(problem) at line \(problemPosition.line), column \(problemPosition.column)"
        return SyntaxFault(position: unsafe Position(parser.pointee.context_mark), message: message)
    }
}

extension Position {
    // libyaml counts lines and columns from zero.
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}

extension Event {
    fileprivate init(_ raw: yaml_event_t) {
        unsafe start = Position(raw.start_mark)
        unsafe end = Position(raw.end_mark)
        switch unsafe raw.type {
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_SEQUENCE_END_EVENT: kind = .listEnd
        case YAML_MAPPING_END_EVENT: kind = .mapEnd
        case YAML_ALIAS_EVENT: unsafe kind = .alias(Event.text(raw.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT:
            let data = unsafe raw.data.sequence_start
            unsafe kind = .listStart(Properties(anchor: Event.text(data.anchor), tag: Event.text(data.tag)))
        case YAML_MAPPING_START_EVENT:
            let data = unsafe raw.data.mapping_start
            unsafe kind = .mapStart(Properties(anchor: Event.text(data.anchor), tag: Event.text(data.tag)))
        case YAML_SCALAR_EVENT:
            let data = unsafe raw.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: data.value, count: data.length)
            unsafe kind = .scalar(
                String(decoding: bytes, as: UTF8.self),
                isPlain: data.style == YAML_PLAIN_SCALAR_STYLE,
                Properties(anchor: Event.text(data.anchor), tag: Event.text(data.tag))
            )
        default: kind = .other
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe pointer.map { unsafe String(cString: $0) }
    }
}
