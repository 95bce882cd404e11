internal import AWSAuth
internal import Model

/// Puts the marked block into a file that people edit, and leaves every other byte as it is (`ACCESS.md` 9).
public struct ConfigMerge: Hashable, Sendable {
    /// Why a file is left alone.
    public enum Failure: Error, Hashable, Sendable {
        /// botocore would refuse the file, before or after, or the block is half written.
        case refused(line: Int, problem: String)
        /// A session of the same name stands in the file and means something else.
        case sessionDiffers(startURL: String?, region: String?)
    }

    /// The whole file with the block in it.
    public let bytes: [UInt8]
    /// The profiles that stand outside the block and were therefore left out of it, by name.
    public let leftOut: [String]
    /// A line outside the block that belongs to its last profile, since no section begins before it.
    public let strayLine: Int?

    /// Merges a block into a file.
    ///
    /// - Parameters:
    ///   - block: the block.
    ///   - existing: the file as it is; empty where there is none.
    public init(_ block: ConfigBlock, into existing: [UInt8]) throws(Failure) {
        let parts = try ConfigMerge.parts(existing)
        let outside = [ConfigNames(INIFile(parts.before)), ConfigNames(INIFile(parts.after))]
        let hasSession = try ConfigMerge.keepsSession(block.session, outside)
        let taken = outside.reduce(into: Set<String>()) { $0.formUnion($1.profiles) }
        leftOut = block.profiles.map(\.name).filter(taken.contains)
        let text = block.text(leavingOut: Set(leftOut), hasSession: !hasSession)
        let start = parts.before + (parts.needsNewline ? [UInt8(ascii: "\n")] : [])
        bytes = start + Array(text.utf8) + parts.after
        strayLine = FileParts.strayLine(in: parts.after).map {
            $0 + FileParts.lineCount(start) + FileParts.lineCount(Array(text.utf8))
        }
        try verify(block)
    }

    /// Refuses a file that no block can be merged into, before there is a block.
    public static func check(_ existing: [UInt8]) throws(Failure) { _ = try parts(existing) }

    private static func parts(_ existing: [UInt8]) throws(Failure) -> FileParts {
        if let fault = INIFile(existing).faults.first { throw .refused(line: fault.line, problem: fault.message) }
        return try FileParts(existing)
    }

    /// Whether a session that means the same stands outside.
    private static func keepsSession(_ session: ConfigSession, _ outside: [ConfigNames]) throws(Failure) -> Bool {
        guard let there = outside.first(where: { $0.hasSession(session.name) }) else { return false }
        let startURL = there.property("sso_start_url", ofSession: session.name)
        let region = there.property("sso_region", ofSession: session.name)
        guard startURL == session.startURL, region == session.region else {
            throw .sessionDiffers(startURL: startURL, region: region)
        }
        return true
    }

    /// What was written is read again: lines behind the block, and `[DEFAULT]`, can change what its profiles mean.
    private func verify(_ block: ConfigBlock) throws(Failure) {
        let file = INIFile(bytes)
        if let fault = file.faults.first {
            throw .refused(line: fault.line, problem: "\(fault.message), once the block is in it")
        }
        let names = ConfigNames(file)
        for profile in block.profiles where !leftOut.contains(profile.name) {
            let wanted = [
                "sso_session": block.session.name, "sso_account_id": profile.access.account.value,
                "sso_role_name": profile.access.permissionSet,
            ]
            if let wrong = wanted.first(where: { names.property($0.key, ofProfile: profile.name) != $0.value }) {
                throw .refused(
                    line: strayLine ?? FileParts.defaultsLine(in: bytes) ?? 1,
                    problem: "\(wrong.key) of the profile \(profile.name) would be another than is meant"
                )
            }
            try verify(profile, agreesWith: block.session.name, names, file)
        }
    }

    /// A key that stands in a profile and in its session must have one value: botocore refuses the profile else.
    private func verify(
        _ profile: ConfigBlock.Profile,
        agreesWith session: String,
        _ names: ConfigNames,
        _ file: INIFile
    ) throws(Failure) {
        for key in names.properties(ofSession: session) {
            let (there, ours) = (names.property(key, ofSession: session), names.property(key, ofProfile: profile.name))
            guard ours != nil, there != ours else { continue }
            let line = FileParts.defaultsLine(in: bytes) ?? file.section("sso-session \(session)")?.line ?? 1
            throw .refused(
                line: line,
                problem: "\(key) of the session \(session) differs from that of the profile \(profile.name)"
            )
        }
    }
}

/// A file cut at the markers of the block.
struct FileParts {
    /// What stands before the block.
    let before: [UInt8]
    /// What stands behind it.
    let after: [UInt8]
    /// Whether a newline is missing before the block.
    var needsNewline: Bool { before.last.map { $0 != FileParts.lineFeed && $0 != FileParts.carriageReturn } ?? false }

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// Finds the block; without one, everything stands before it.
    init(_ bytes: [UInt8]) throws(ConfigMerge.Failure) {
        let lines = FileParts.lines(bytes)
        let first = lines.indices.filter { FileParts.isLine(bytes[lines[$0]], ConfigBlock.firstLine) }
        let last = lines.indices.filter { FileParts.isLine(bytes[lines[$0]], ConfigBlock.lastLine) }
        switch (first.count, last.count) {
        case (0, 0):
            before = bytes
            after = []
        case (1, 1) where first[0] < last[0]:
            before = Array(bytes[..<lines[first[0]].lowerBound])
            after = Array(bytes[lines[last[0]].upperBound...])
        default:
            let marks = first.map { (line: $0, isFirst: true) } + last.map { (line: $0, isFirst: false) }
            let odd = FileParts.oddMark(marks.sorted { $0.line < $1.line })
            throw .refused(line: odd.line + 1, problem: odd.problem)
        }
    }

    /// The first marker that has no partner, or stands where it cannot.
    private static func oddMark(_ marks: [(line: Int, isFirst: Bool)]) -> (line: Int, problem: String) {
        var open: Int?
        var isClosed = false
        for mark in marks {
            if isClosed { return (mark.line, "a second block of idbridge begins or ends here; take it out") }
            if mark.isFirst, open != nil { return (mark.line, "a block of idbridge begins within another") }
            if !mark.isFirst, open == nil {
                return (mark.line, "a block of idbridge ends here and begins nowhere before; take this line out")
            }
            if mark.isFirst { open = mark.line } else { isClosed = true }
        }
        return (
            open ?? 0,
            "a block of idbridge begins here and ends nowhere: what follows may be yours; take this line and the block out"
        )
    }

    /// The line, from one, of the first property that no section goes before; nil where there is none.
    static func strayLine(in bytes: [UInt8]) -> Int? {
        for (index, range) in lines(bytes).enumerated() {
            let text = bytes[range].drop { isSpace($0) }
            guard let byte = text.first, byte != UInt8(ascii: "#"), byte != UInt8(ascii: ";") else { continue }
            return byte == UInt8(ascii: "[") ? nil : index + 1
        }
        return nil
    }

    /// The line, from one, of Python's section of defaults; nil where there is none.
    static func defaultsLine(in bytes: [UInt8]) -> Int? {
        lines(bytes).firstIndex { isLine(bytes[$0].drop { isSpace($0) }, "[DEFAULT]") }.map { $0 + 1 }
    }

    static func lineCount(_ bytes: [UInt8]) -> Int { lines(bytes).count }

    /// The lines with their ends: LF, CR LF or CR, as Python reads a text file.
    private static func lines(_ bytes: [UInt8]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == lineFeed || byte == carriageReturn {
            if byte == carriageReturn, index + 1 < bytes.count, bytes[index + 1] == lineFeed { continue }
            lines.append(start..<(index + 1))
            start = index + 1
        }
        if start < bytes.count { lines.append(start..<bytes.count) }
        return lines
    }

    private static func isLine(_ line: ArraySlice<UInt8>, _ text: String) -> Bool {
        let end = line.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? line.startIndex
        return line[..<end].elementsEqual(text.utf8)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
