#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::*;

/// Memory for everything, for a part, and for nothing.
const ROOMS: [usize; 3] = [usize::MAX, 1 << 20, 0];

#[test]
fn parts_come_back_as_they_were_put_in_whatever_room_there_is() {
    for bytes in ROOMS {
        let folder = tempfile::tempdir().unwrap();
        let room = Room::new(Some(folder.path()), bytes);
        let mut parts = Parts::new(&room);
        for number in 0..1_000_000u64 {
            parts.push(part_of(number), &number.to_le_bytes());
        }
        parts.append(7, vec![0xff; 1 << 18]);
        let mut seen = 0;
        for part in 0..PARTS {
            let all = parts.take(part).unwrap();
            assert!(parts.take(part).unwrap().is_empty());
            let (words, _) = all.as_chunks::<8>();
            let numbers: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
            let numbers: Vec<u64> = numbers.into_iter().filter(|number| *number != u64::MAX).collect();
            assert!(numbers.is_sorted() && numbers.iter().all(|number| part_of(*number) == part));
            seen += numbers.len();
            assert_eq!(words.len() - numbers.len(), if part == 7 { 1 << 15 } else { 0 });
        }
        assert_eq!(seen, 1_000_000);
        assert_eq!(room.free.load(Ordering::Relaxed), bytes, "all memory is given back");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
    }
}

#[test]
fn a_pile_comes_back_in_order_whatever_room_there_is() {
    for bytes in ROOMS {
        let folder = tempfile::tempdir().unwrap();
        let room = Room::new(Some(folder.path()), bytes);
        let mut pile = Pile::new(&room);
        let all: Vec<u8> = (0..5_000_000u32).map(|byte| (byte % 251) as u8).collect();
        all.chunks(1013).for_each(|some| pile.push(some));
        assert_eq!(pile.len(), all.len() as u64);
        let mut read = Vec::new();
        (0..pile.pieces()).for_each(|piece| pile.piece(piece, &mut read).unwrap());
        assert!(read == all);
        let mut read = Vec::new();
        pile.drain(|piece| read.extend_from_slice(piece)).unwrap();
        assert!(read == all);
        assert_eq!(room.free.load(Ordering::Relaxed), bytes);
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_is_told_when_the_data_are_wanted() {
    let room = Room::new(Some(Path::new("/no/such/folder")), 0);
    let mut parts = Parts::new(&room);
    (0..1_000_000u64).for_each(|number| parts.push(3, &number.to_le_bytes()));
    assert!(parts.read(3).unwrap_err().to_string().contains("/no/such/folder"));
    let mut pile = Pile::new(&room);
    pile.push(&[0; 1 << 20]);
    pile.push(&[0; 1 << 20]);
    assert!(pile.drain(|_| {}).is_err());
}
