use super::*;

const A: &str = "55ff6d04498b49a1b2c3d4e5";
const B: &str = "45f96d06492949f0e1d2c3b4";
const C: &str = "35ee6d064989a900112233aa";

type Answers = Vec<(u32, Result<DeviceId, Malformed>)>;

fn read(file: impl AsRef<[u8]>) -> Answers {
    let list = DeviceList::read(file.as_ref()).unwrap();
    list.lines().map(|line| (line.number, line.content)).collect()
}

fn header_line(file: impl AsRef<[u8]>) -> Option<u32> {
    DeviceList::read(file.as_ref()).unwrap().header_line()
}

fn ids(lines: &[(u32, &str)]) -> Answers {
    lines.iter().map(|(number, id)| (*number, Ok(id.parse().unwrap()))).collect()
}

/// The error of a list with one line.
fn fault(line: impl AsRef<[u8]>) -> Malformed {
    let answers = read(&line);
    let [(1, Err(malformed))] = answers.as_slice() else { panic!("{answers:?}") };
    *malformed
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(unit).collect()
}

mod encodings_and_line_ends {
    use super::*;

    #[test]
    fn each_line_end_counts_as_an_editor_counts_it() {
        for end in ["\n", "\r\n", "\r"] {
            assert_eq!(read([A, "", B, C].join(end)), ids(&[(1, A), (3, B), (4, C)]), "{end:?}");
        }
        assert_eq!(read(format!("{A}\r\n{B}\r\r{C}\n\r{A}")), ids(&[(1, A), (2, B), (4, C), (6, A)]));
    }

    #[test]
    fn a_byte_order_mark_is_not_part_of_the_first_id() {
        let text = format!("{A}\r\n{B}\r\n");
        assert_eq!(read(format!("\u{FEFF}{text}")), ids(&[(1, A), (2, B)]));
        assert_eq!(read(utf16(&text, u16::to_le_bytes)), ids(&[(1, A), (2, B)]));
        assert_eq!(read(utf16(&text, u16::to_be_bytes)), ids(&[(1, A), (2, B)]));
    }

    #[test]
    fn a_byte_order_mark_between_joined_files_is_skipped() {
        assert_eq!(read(format!("{A}\n\u{FEFF}{B}\n")), ids(&[(1, A), (2, B)]));
    }

    #[test]
    fn half_a_surrogate_is_undecodable_on_its_line_only() {
        let mut file = utf16(&format!("{A}\n"), u16::to_le_bytes);
        file.extend(b"\x00\xD8\n\0");
        assert_eq!(read(file), [ids(&[(1, A)]), vec![(2, Err(Malformed::Undecodable))]].concat());
    }

    #[test]
    fn upper_case_is_read() {
        assert_eq!(read(A.to_uppercase()), ids(&[(1, A)]));
    }

    #[test]
    fn blanks_nbsp_and_invisible_characters_are_not_part_of_an_id() {
        let (head, tail) = A.split_at(10);
        for line in [
            format!("\t  {A} \t"),
            format!("\u{A0}{A}\u{A0}"),
            format!("{A}\u{3000}\u{2009}"),
            format!("{head}\u{200B}{tail}"),
            format!("\u{202A}{A}\u{202C}"),
        ] {
            assert_eq!(read(&line), ids(&[(1, A)]), "{line:?}");
        }
        assert_eq!(read([b"\xA0", A.as_bytes(), b"\xA0\n"].concat()), ids(&[(1, A)]));
    }

    #[test]
    fn lines_of_any_blanks_are_blank() {
        assert_eq!(read(format!("\u{A0}\n\u{200B}\n \t\n\"\"\n,,;\n{A}")), ids(&[(6, A)]));
        assert_eq!(read([b"\xA0\n", A.as_bytes()].concat()), ids(&[(2, A)]));
    }

    #[test]
    fn ctrl_z_ends_only_the_file() {
        assert_eq!(read(format!("{A}\n\x1A")), ids(&[(1, A)]));
        assert_eq!(read(format!("{A}\x1A")), ids(&[(1, A)]));
        assert_eq!(read(format!("{A}\n\x1A{B}\n\x1A\x1A")), ids(&[(1, A), (2, B)]));
    }

    #[test]
    fn a_file_of_blanks_is_empty() {
        for file in ["", "\n\n \n", "\u{FEFF}", "\x1A", "\u{A0}\r\n", ",,,\n,,,", "sep=;\n\n"] {
            assert_eq!(DeviceList::read(file.as_bytes()).unwrap_err(), UnreadableFile::Empty, "{file:?}");
        }
    }
}

mod columns {
    use super::*;

    #[test]
    fn a_header_names_the_column_of_the_ids() {
        for name in ["id", "device_id", "deviceid", "deviceId", "Device ID", "DEVICE-ID", "\"Device ID\""] {
            let file = format!("{name}\n{A}\n");
            assert_eq!((header_line(&file), read(&file)), (Some(1), ids(&[(2, A)])), "{name}");
            for delimiter in [',', ';', '\t'] {
                let file = format!(
                    "\nname{delimiter}{name}{delimiter}x\nKitchen{delimiter}{A}\nHall{delimiter}{B}{delimiter}\n"
                );
                assert_eq!(
                    (header_line(&file), read(&file)),
                    (Some(2), ids(&[(3, A), (4, B)])),
                    "{name} {delimiter:?}"
                );
            }
        }
    }

    #[test]
    fn a_column_of_device_ids_is_preferred_to_one_of_row_numbers() {
        assert_eq!(read(format!("id,Device ID\n1,{A}\n2,{B}\n")), ids(&[(2, A), (3, B)]));
        assert_eq!(read(format!("Serial Number,id\nP046AB12CD34EF5,{A}\n")), ids(&[(2, A)]));
    }

    #[test]
    fn the_first_column_has_the_ids_if_none_is_named() {
        for header in ["Particle ID,Serial Number", "Core ID;ICCID", "Device\tName", "Serial Number,Name", "device"] {
            let file = format!("{header}\n{A},P046AB12CD34EF5\n{B}\n")
                .replace(',', if header.contains(';') { ";" } else { "," });
            let file = if header.contains('\t') { file.replace(',', "\t") } else { file };
            assert_eq!((header_line(&file), read(&file)), (Some(1), ids(&[(2, A), (3, B)])), "{header}");
        }
        assert_eq!(read(format!("Name,Serial Number\n{A},x\n")), ids(&[(2, A)]));
        assert_eq!(read("Name,Device\nKitchen,x\n"), [(2, Err(Malformed::NotHex { found: 'K', position: 1 }))]);
    }

    #[test]
    fn a_row_with_an_id_in_it_is_never_a_header() {
        let letters = "deadbeefdeadbeefdeadbeef";
        for row in [
            format!("{letters},device"),
            format!("device;{letters}"),
            format!("id\t{letters}"),
            format!("\"{letters}\" x,Device ID"),
            "dead\u{200B}beefdeadbeefdeadbeef,id".to_owned(),
            "deadbeefdeadbeefdeadbee,device".to_owned(),
            "3.5E+23,device".to_owned(),
            format!("{},device", "f".repeat(24)),
        ] {
            let file = format!("{row}\n{A}\n");
            assert_eq!(header_line(&file), None, "{row:?}");
            assert_eq!(read(&file).len(), 2, "{row:?}");
        }
        assert_eq!(read(format!("{letters},device\n{A},device\n")), ids(&[(1, letters), (2, A)]));
    }

    #[test]
    fn each_line_has_the_number_in_its_product_column() {
        let products = |file: String| -> Vec<_> {
            let list = DeviceList::read(file.as_bytes()).unwrap();
            list.lines().map(|line| (line.content, line.product)).collect()
        };
        for name in ["product_id", "Product ID", "product", "PRODUCTID"] {
            let file =
                format!("{name},device_id\n95,{A}\n\"94\",{B}\n,{C}\n94.0,{A}\n99999999999,{A}\nThermostat,{A}\n");
            let (a, b, c) = (A.parse().unwrap(), B.parse().unwrap(), C.parse().unwrap());
            let expected = [(a, Some(95)), (b, Some(94)), (c, None), (a, Some(94)), (a, Some(u32::MAX)), (a, None)];
            assert_eq!(products(file), expected.map(|(id, product)| (Ok(id), product)), "{name}");
        }
        let behind = format!("id;name;product\n{A};x;95\n{B}\n");
        assert_eq!(products(behind), [(Ok(A.parse().unwrap()), Some(95)), (Ok(B.parse().unwrap()), None)]);
    }

    #[test]
    fn a_first_row_that_is_not_a_header_gets_an_answer() {
        assert_eq!(read(format!("# devices\n{A}\n"))[0], (1, Err(Malformed::NotHex { found: '#', position: 1 })));
        assert_eq!(read(format!("name,colour\n{A},red\n"))[0], (1, Err(Malformed::NotHex { found: 'n', position: 1 })));
        assert_eq!(read(format!("{A},id\n{B},id\n")), ids(&[(1, A), (2, B)]));
        assert_eq!(fault("55ff6d04498b49XXXXXXXXXX,id"), Malformed::NotHex { found: 'X', position: 15 });
    }

    #[test]
    fn a_header_further_down_gets_an_answer() {
        assert_eq!(read(format!("id\n{A}\nid\n"))[1], (3, Err(Malformed::NotHex { found: 'i', position: 1 })));
    }

    #[test]
    fn a_spreadsheets_sep_line_names_the_delimiter() {
        for first in ["sep=;", "SEP=;", "\"sep=;\"", "sep=;;;"] {
            assert_eq!(read(format!("{first}\r\nid;name\r\n{A};a,b\r\n")), ids(&[(3, A)]), "{first}");
            assert_eq!(read(format!("{first}\r\n{A};a,b\r\n")), ids(&[(2, A)]), "{first}");
        }
        assert_eq!(read(format!("sep=\t\nname\tid\nx\t{A}\n")), ids(&[(3, A)]));
        assert_eq!(read(format!("sep=|\nname|id\nx|{A}\n")), ids(&[(3, A)]));
        assert_eq!(fault("sep=x"), Malformed::NotHex { found: 's', position: 1 });
    }

    #[test]
    fn other_columns_are_ignored() {
        assert_eq!(read(format!("{A},\n{B},,,\n{C};x,y\t5\" pipe\n")), ids(&[(1, A), (2, B), (3, C)]));
        assert_eq!(read([b"id;name\n", A.as_bytes(), b";k\xFCche\n"].concat()), ids(&[(2, A)]));
    }

    #[test]
    fn a_row_without_its_id_gets_an_answer_and_an_empty_row_is_blank() {
        let file = format!("name,id\nKitchen\nHall,\nAttic,\"\"\n,,\n,\nx,{A}\n");
        let missing = |line| (line, Err(Malformed::MissingField));
        assert_eq!(read(file), [vec![missing(2), missing(3), missing(4)], ids(&[(7, A)])].concat());
        assert_eq!(fault(",Kitchen"), Malformed::MissingField);
    }

    #[test]
    fn several_ids_on_one_line_are_refused() {
        for blank in [",", ";", "\t", " ", ", ", "\u{2028}", "\x1A"] {
            assert_eq!(fault([A, B, C].join(blank)), Malformed::SeveralIds, "{blank:?}");
        }
        assert_eq!(read(format!("{A},{A}\n{A} {A}\n")), ids(&[(1, A), (2, A)]));
        assert_eq!(read(format!("id,product\n{A},{B}\n")), ids(&[(2, A)]), "a header names the other column");
        for row in [format!("{A},,{B}"), format!("{A},x,{B}"), format!("{A};;;\"{B}\""), format!("{A},,{B} x")] {
            assert_eq!(fault(&row), Malformed::SeveralIds, "{row}");
            assert_eq!(read(format!("id\n{row}\n")), [(2, Err(Malformed::SeveralIds))], "{row}");
        }
        assert_eq!(read(format!("sep=;\n{A};{B}\n")), [(2, Err(Malformed::SeveralIds))]);
        assert_eq!(
            read(format!("id,name\n{A},x,{B}\n")),
            [(2, Err(Malformed::SeveralIds))],
            "a column beyond the header"
        );
        assert_eq!(
            read(format!("id,,name\n{A},{B},x\n")),
            [(2, Err(Malformed::SeveralIds))],
            "a column without a name"
        );
        assert_eq!(read(format!(",id\n{B},{A}\n")), [(2, Err(Malformed::SeveralIds))], "also before the ids");
    }
}

mod quotes {
    use super::*;

    #[test]
    fn every_style_of_quotes_is_read() {
        for line in [
            format!("\"{A}\""),
            format!(" \" {A} \" "),
            format!("=\"{A}\""),
            format!("\"=\"\"{A}\"\"\""),
            format!("\"\"\"{A}\"\"\""),
            format!("'{A}"),
            format!("'{A}'"),
            format!("“{A}”"),
            format!("\"{A}\" x"),
            format!("\"{A}\",\"a \"\"b\"\", c\",'d"),
            format!("\"{A}\n\""),
        ] {
            assert_eq!(read(&line), ids(&[(1, A)]), "{line}");
        }
        assert_eq!(read([b"\x93", A.as_bytes(), b"\x94"].concat()), ids(&[(1, A)]));
    }

    #[test]
    fn a_field_over_several_lines_is_one_row_and_line_numbers_stay_physical() {
        for end in ["\n", "\r\n", "\r"] {
            let file = format!("id,note\n{A},\"one\n\ntwo, \"\"three\"\"\"\n{B},x\n").replace('\n', end);
            assert_eq!(read(file), ids(&[(2, A), (5, B)]), "{end:?}");
        }
    }

    #[test]
    fn an_unclosed_quote_affects_only_its_line() {
        let open = |line| (line, Err(Malformed::UnterminatedQuote));
        assert_eq!(read(format!("\"{A}\n{B}\n")), [vec![open(1)], ids(&[(2, B)])].concat());
        assert_eq!(read(format!("\"{A}\n\"{B}\"\n")), [vec![open(1)], ids(&[(2, B)])].concat());
        assert_eq!(read(format!("{A},\"x\n{B},\"y\"\n")), [vec![open(1)], ids(&[(2, B)])].concat());
        assert_eq!(read(format!("{A},\"5 in\n{B},6\"\n{C}")), [vec![open(1)], ids(&[(2, B), (3, C)])].concat());
        assert_eq!(read(format!("{A},\"")), vec![open(1)]);
    }

    #[test]
    fn the_search_for_a_closing_quote_is_bounded() {
        let file = format!("{A},\"x\n{}\"\n{B}\n", "far\n".repeat(20_000));
        let answers = read(file);
        assert_eq!(answers.first(), Some(&(1, Err(Malformed::UnterminatedQuote))));
        assert_eq!((answers.len(), answers.last()), (20_003, Some(&(20_003, Ok(B.parse().unwrap())))));
    }

    #[test]
    fn an_unmatched_quote_is_reported() {
        assert_eq!(fault(format!("{A}\"")), Malformed::NotHex { found: '"', position: 25 });
    }
}

mod what_is_no_id {
    use super::*;

    #[test]
    fn a_wrong_length_names_the_length() {
        assert_eq!(fault(&A[1..]), Malformed::WrongLength { characters: 23 });
        assert_eq!(fault(format!("{A}0")), Malformed::WrongLength { characters: 25 });
        assert_eq!(fault("55ff6d04 498b49a1 b2c3d4e5"), Malformed::WrongLength { characters: 8 });
    }

    #[test]
    fn a_character_that_is_not_a_digit_is_named_with_its_position() {
        assert_eq!(fault("55ff6d04498b49XXXXXXXXXX"), Malformed::NotHex { found: 'X', position: 15 });
        assert_eq!(fault("5５ff6d04498b49a1b2c3d4e5"), Malformed::NotHex { found: '５', position: 2 });
        assert_eq!(fault(b"55ff\xFC"), Malformed::NotHex { found: 'ü', position: 5 });
        assert_eq!(fault("5.5FF6D04E+23"), Malformed::NotHex { found: '.', position: 2 });
    }

    #[test]
    fn an_invisible_character_is_shown_by_its_code_point() {
        for (found, shown) in [('X', "`X`"), ('５', "`５` (U+FF15)"), ('\u{7}', "U+0007"), ('\u{301}', "U+0301")] {
            let message = Malformed::NotHex { found, position: 3 }.to_string();
            assert_eq!(message, format!("{shown} at position 3 is not a hexadecimal digit"));
        }
    }

    #[test]
    fn a_spreadsheets_number_is_named() {
        for number in
            ["3.50029E+23", "3,50029E+23", "5.5E+23", "5E+23", "3.50029e+023", "\"3,50029E+23\"", "3.5E23", "-1E-5"]
        {
            assert_eq!(fault(number), Malformed::SpreadsheetNumber, "{number}");
            assert_eq!(fault(format!("{number};Kitchen")), Malformed::SpreadsheetNumber, "{number}");
        }
        assert_eq!(read("350029000847313037363132"), ids(&[(1, "350029000847313037363132")]));
        assert_eq!(read("350029000847313037363E13"), ids(&[(1, "350029000847313037363e13")]));
        assert_eq!(fault("350029E13"), Malformed::WrongLength { characters: 9 }, "digits with one e among them");
    }

    #[test]
    fn a_number_that_a_spreadsheet_wrote_out_is_named() {
        for number in [
            "350029001047343000000000",
            "350029123456789000000000",
            "\"350,029,001,047,343,000,000,000\"",
            "350.029.001.047.343.000.000.000",
            "350'029'001'047'343'000'000'000",
            "350029001047343000000000.00",
            "350029001047343000000000,00",
            "50029001047343000000000",
            "=\"350029001047343000000000\"",
            "350029001047343000000000 secret",
        ] {
            assert_eq!(fault(number), Malformed::SpreadsheetNumber, "{number}");
        }
        for id in ["350029001047343100000000", "35002900104734300000000a", "a50029001047343000000000"] {
            assert_eq!(read(id), ids(&[(1, id)]), "{id}");
        }
        assert_eq!(fault("8931440400011110000"), Malformed::Iccid);
    }

    #[test]
    fn an_unset_id_is_refused() {
        for id in ["0".repeat(24), "f".repeat(24), "F".repeat(24), format!("\"{}\"", "0".repeat(24))] {
            assert_eq!(fault(&id), Malformed::UnsetId, "{id}");
        }
        let near = format!("{}1", "0".repeat(23));
        assert_eq!(read(&near), ids(&[(1, &near)]));
    }

    #[test]
    fn serial_numbers_imeis_and_iccids_are_distinguished() {
        for (text, expected) in [
            ("P046AB12CD34EF5", Malformed::SerialNumber),
            ("p046ab12cd34ef", Malformed::SerialNumber),
            ("a1b2c3d4e5f6a7", Malformed::WrongLength { characters: 14 }),
            ("configurations", Malformed::NotHex { found: 'o', position: 2 }),
            ("357520000000009", Malformed::Imei),
            ("8931440400011111111", Malformed::Iccid),
            ("89314404000111111112", Malformed::Iccid),
            ("8931440400011111111F", Malformed::Iccid),
            ("7931440400011111111", Malformed::WrongLength { characters: 19 }),
        ] {
            assert_eq!(fault(text), expected, "{text}");
        }
    }

    #[test]
    fn the_scan_of_a_sticker_is_named_and_its_secret_is_not_shown() {
        for blank in [" ", "\u{A0}", "  "] {
            let malformed = fault(format!("P046AB12CD34EF5{blank}NVYM5RK6AHCBELA"));
            assert_eq!(malformed, Malformed::SerialAndSecret);
            assert!(!format!("{malformed} {malformed:?}").contains("NVYM5"));
        }
        assert_eq!(fault("P046AB12CD34EF5  "), Malformed::SerialNumber);
    }

    #[test]
    fn a_valid_id_is_read_whatever_follows_a_blank() {
        assert_eq!(read(format!("{A} NVYM5RK6AHCBELA\n")), ids(&[(1, A)]));
    }

    #[test]
    fn a_very_long_text_is_refused_by_its_length() {
        assert_eq!(fault("5".repeat(5000)), Malformed::TooLong { bytes: 5000 });
        assert_eq!(read(format!("{A},{}", "x".repeat(5000))), ids(&[(1, A)]), "other columns may be long");
    }

    #[test]
    fn codes_are_distinct() {
        let malformed = [
            Malformed::WrongLength { characters: 23 },
            Malformed::NotHex { found: 'X', position: 1 },
            Malformed::SpreadsheetNumber,
            Malformed::UnsetId,
            Malformed::SerialNumber,
            Malformed::SerialAndSecret,
            Malformed::Imei,
            Malformed::Iccid,
            Malformed::SeveralIds,
            Malformed::UnterminatedQuote,
            Malformed::Undecodable,
            Malformed::TooLong { bytes: 5000 },
            Malformed::MissingField,
        ];
        let codes: std::collections::BTreeSet<_> = malformed.iter().map(Malformed::code).collect();
        assert_eq!(codes.len(), malformed.len());
    }
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    /// A format in which a list may be written.
    #[derive(Clone, Debug)]
    struct Style {
        encoding: Encoding,
        end: &'static str,
        upper: bool,
        quotes: (&'static str, &'static str),
        padding: &'static str,
        delimiter: &'static str,
        header: bool,
        sep_line: bool,
        before: usize,
        behind: &'static [&'static str],
        last_end: bool,
        ctrl_z: bool,
    }

    #[derive(Clone, Copy, Debug)]
    enum Encoding {
        Utf8,
        Utf8Marked,
        Utf16Le,
        Utf16Be,
        Latin1,
    }

    impl Style {
        /// Returns the list, and the line number of each id.
        fn render(&self, ids: &[DeviceId]) -> (Vec<u8>, Vec<u32>) {
            let mut rows = Vec::new();
            if self.sep_line {
                rows.push(format!("sep={}", self.delimiter));
            }
            // Columns before the ids need a header that names the id column.
            let before = if self.header { self.before } else { 0 };
            if self.header {
                let behind = self.behind.iter().map(|_| "note");
                let names: Vec<_> = std::iter::repeat_n("room", before).chain(["Device ID"]).chain(behind).collect();
                rows.push(names.join(self.delimiter));
            }
            let mut numbers = Vec::new();
            let mut number = u32::try_from(rows.len()).unwrap();
            for id in ids {
                let id = if self.upper { id.to_string().to_uppercase() } else { id.to_string() };
                let field = format!("{}{}{id}{}{}", self.padding, self.quotes.0, self.quotes.1, self.padding);
                let fields: Vec<&str> = std::iter::repeat_n("Küche", before)
                    .chain([field.as_str()])
                    .chain(self.behind.iter().copied())
                    .collect();
                numbers.push(number + 1);
                number += 1 + u32::try_from(fields.join("").matches('\n').count()).unwrap();
                rows.push(fields.join(self.delimiter));
            }
            let mut text = rows.join("\n");
            if self.last_end {
                text.push('\n');
            }
            if self.ctrl_z {
                text.push('\x1A');
            }
            (self.encode(&text.replace('\n', self.end)), numbers)
        }

        fn encode(&self, text: &str) -> Vec<u8> {
            match self.encoding {
                Encoding::Utf8 => text.as_bytes().to_vec(),
                Encoding::Utf8Marked => format!("\u{FEFF}{text}").into_bytes(),
                Encoding::Utf16Le => utf16(text, u16::to_le_bytes),
                Encoding::Utf16Be => utf16(text, u16::to_be_bytes),
                Encoding::Latin1 => text.chars().map(|c| u8::try_from(c).unwrap()).collect(),
            }
        }
    }

    fn styles() -> impl Strategy<Value = Style> {
        let encoding = prop::sample::select(vec![
            Encoding::Utf8,
            Encoding::Utf8Marked,
            Encoding::Utf16Le,
            Encoding::Utf16Be,
            Encoding::Latin1,
        ]);
        let end = prop::sample::select(vec!["\n", "\r\n", "\r"]);
        let quotes =
            prop::sample::select(vec![("", ""), ("\"", "\""), ("=\"", "\""), ("\"=\"\"", "\"\"\""), ("'", "")]);
        let padding = prop::sample::select(vec!["", " ", "   ", "\u{A0}"]);
        let delimiter = prop::sample::select(vec![",", ";", "\t"]);
        let behind = prop::sample::select(vec![
            &[][..],
            &[""],
            &["", "", ""],
            &["größe"],
            &["\"a \"\"b\"\"\""],
            &["\"one\n\ntwo\"", "x"],
            &["5\" pipe", "P046AB12CD34EF5 NVYM5RK6AHCBELA"],
        ]);
        let choices = (any::<bool>(), any::<bool>(), any::<bool>(), 0..3usize, any::<bool>(), any::<bool>());
        (encoding, end, quotes, padding, delimiter, behind, choices).prop_map(
            |(encoding, end, quotes, padding, delimiter, behind, choices)| {
                let (upper, header, sep_line, before, last_end, ctrl_z) = choices;
                Style {
                    encoding,
                    end,
                    upper,
                    quotes,
                    padding,
                    delimiter,
                    header,
                    sep_line,
                    before,
                    behind,
                    last_end,
                    ctrl_z,
                }
            },
        )
    }

    fn device_ids() -> impl Strategy<Value = Vec<DeviceId>> {
        prop::collection::vec(any::<[u8; 12]>().prop_map(DeviceId::new), 1..12)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// R-IMP-1, R-IMP-2: in every format, the same ids are read in the same order, with their line numbers.
        #[test]
        fn any_list_is_read_in_any_style(ids in device_ids(), style in styles()) {
            let (file, numbers) = style.render(&ids);
            let expected: Answers = numbers.into_iter().zip(ids.into_iter().map(Ok)).collect();
            prop_assert_eq!(header_line(&file).is_some(), style.header);
            prop_assert_eq!(read(&file), expected);
        }

        #[test]
        fn no_input_panics_and_line_numbers_increase(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(list) = DeviceList::read(&bytes) {
                let numbers: Vec<u32> = list.lines().map(|line| line.number).collect();
                prop_assert!(numbers.len() <= bytes.len());
                prop_assert!(numbers.is_sorted_by(|one, next| one < next), "{:?}", numbers);
            }
        }

        /// R-IMP-5: a line with an id in its column gets an answer, whatever quotes are around and above it.
        #[test]
        fn every_line_with_an_id_gets_an_answer(parts in prop::collection::vec(
            prop::sample::select(vec![A, B, "\n", "\n", "\"", "\"\"", ",", "\",\"", " ", "x", "=", "'", "\u{A0}"]), 0..40,
        )) {
            let file = parts.concat();
            prop_assume!(!file.trim_matches([' ', '\n', ',', '"', '\'', '=', '\u{A0}']).is_empty());
            let answers = read(&file);
            for (line, number) in file.split('\n').zip(1..) {
                if DeviceId::from_hex(line.as_bytes()).is_some() {
                    prop_assert!(answers.iter().any(|(answered, _)| *answered == number), "{}: {:?}", number, answers);
                }
            }
        }

        /// R-IMP-5: text after a space may be a secret, and no character of it is shown.
        #[test]
        fn no_message_shows_what_follows_a_space(
            word in "[0-9a-z.,+#\"']{0,26}[0-9a-z]", blank in "[ \u{A0}]{1,2}", secret in "[A-Z]{15}",
        ) {
            for (_, content) in read(format!("x\n{word}{blank}{secret}\n")) {
                let Err(malformed) = content else { continue };
                let shown = format!("{malformed} {malformed:?}");
                for piece in secret.as_bytes().windows(4) {
                    prop_assert!(!shown.contains(std::str::from_utf8(piece).unwrap()), "{}", shown);
                }
                if let Malformed::NotHex { found, .. } = malformed {
                    prop_assert!(!found.is_ascii_uppercase(), "{}", shown);
                }
            }
        }
    }
}
