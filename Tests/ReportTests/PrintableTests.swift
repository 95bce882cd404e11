import Testing

@testable import Report

@Suite("Names from outside are shown, never run")
struct PrintableTests {
    @Test(
        "hidden characters become escapes",
        arguments: [
            ("plain name", "plain name"),
            ("two\nlines\ttab", "two\\u{A}lines\\u{9}tab"),
            ("\u{1B}[31mred", "\\u{1B}[31mred"),
            ("\u{9B}31m\u{7F}", "\\u{9B}31m\\u{7F}"),
            ("admin\u{202E}txt", "admin\\u{202E}txt"),
            ("\u{2066}iso\u{2069}\u{200F}", "\\u{2066}iso\\u{2069}\\u{200F}"),
            ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"),
            ("zero\u{200B}width\u{FEFF}", "zero\\u{200B}width\\u{FEFF}"),
            ("tag\u{E0041}", "tag\\u{E0041}"),
            ("filler\u{3164}", "filler\\u{3164}"),
            ("Jürgen 田中 Владимир", "Jürgen 田中 Владимир"),
            ("heart \u{2764}\u{FE0F}", "heart \u{2764}\u{FE0F}"),
            ("\r\n", "\\u{D}\\u{A}"),
        ]
    )
    func text(input: String, wanted: String) {
        #expect(Printable.text(input) == wanted)
        #expect(Printable.text(wanted) == wanted, "a second pass changes nothing")
    }

    @Test("spaces at the ends of a name are seen, and so is an empty name")
    func names() {
        #expect(Printable.name("") == "\"\"")
        #expect(Printable.name(" ") == "\\u{20}")
        #expect(Printable.name("  a b ") == "\\u{20}\\u{20}a b\\u{20}")
        #expect(Printable.name("a b") == "a b")
    }

    @Test("HTML gets entities")
    func html() {
        #expect(
            Printable.html("<script>alert(\"1\" & '2')</script>\u{202E}")
                == "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;\\u{202E}"
        )
    }

    @Test("a code span holds whatever the name is made of")
    func codeSpans() {
        #expect(Printable.markdownCode("a*b_@c #1") == "`a*b_@c #1`")
        #expect(Printable.markdownCode("a``b") == "```a``b```")
        #expect(Printable.markdownCode("`a") == "`` `a ``")
        #expect(Printable.markdownCode("a|b\nc") == "`a|b\\u{A}c`")
        #expect(Printable.markdownCode("a|b", isInTable: true) == "`a\\|b`")
    }

    @Test("Markdown prose carries no markup, mention, issue number or link")
    func markdown() {
        #expect(
            Printable.markdown("*a* [b](c) <i> @all #12")
                == "\\*a\\* \\[b\\]\\(c\\) &lt;i&gt; @<!-- -->all \\#<!-- -->12"
        )
        #expect(Printable.markdown("http://x www.y") == "http:<!-- -->\\/\\/x www.<!-- -->y")
    }

    @Test("no scalar that a terminal would obey comes through, in any form")
    func everyScalar() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let category = scalar.properties.generalCategory
            guard [.control, .format, .lineSeparator, .paragraphSeparator].contains(category) else { continue }
            let name = String(Character(scalar))
            for shown in [Printable.text(name), Printable.html(name), Printable.markdown(name), JSON.string(name).line]
            {
                #expect(!shown.unicodeScalars.contains(scalar), "U+\(String(value, radix: 16))")
            }
        }
    }
}
