use super::*;
const A: &str = "55ff6d04498b49a1b2c3d4e5";
const B: &str = "45f96d06492949f0e1d2c3b4";

fn read(file: impl AsRef<[u8]>) -> Vec<(u32, Result<String, Malformed>)> {
    let list = DeviceList::read(file.as_ref()).unwrap();
    list.lines().map(|line| (line.number, line.content.map(|id| id.to_string()))).collect()
}

fn ids(numbered: &[(u32, &str)]) -> Vec<(u32, Result<String, Malformed>)> {
    numbered.iter().map(|(number, id)| (*number, Ok((*id).to_owned()))).collect()
}

#[test]
fn a_clean_list_is_read() {
    assert_eq!(read(format!("{A}\n{B}\n")), ids(&[(1, A), (2, B)]));
}
