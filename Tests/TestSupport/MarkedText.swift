/// A sample text in which `⟦…⟧` marks the places where findings shall be, so that a test counts no columns.
public struct MarkedText {
    /// A place by line and column, from one, columns in code points.
    public struct Place: Hashable, Sendable, CustomStringConvertible {
        /// The line.
        public var line: Int
        /// The column.
        public var column: Int
        /// A place.
        public init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
        /// `line:column`.
        public var description: String { "\(line):\(column)" }
    }
    /// The text without the marks.
    public private(set) var text = ""
    /// Where each opening mark stood.
    public private(set) var places: [Place] = []

    /// Takes the marks out of a text.
    public init(_ marked: String) {
        var place = Place(line: 1, column: 1)
        var scalars = String.UnicodeScalarView()
        for scalar in marked.unicodeScalars {
            switch scalar {
            case "⟦": places.append(place)
            case "⟧": break
            default:
                scalars.append(scalar)
                place = scalar == "\n" ? Place(line: place.line + 1, column: 1) : place
                if scalar != "\n" { place.column += 1 }
            }
        }
        text = String(scalars)
    }
}
