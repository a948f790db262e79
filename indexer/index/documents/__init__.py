"""What is indexed of an item: its texts, and the document made of them, kept from build to build."""
